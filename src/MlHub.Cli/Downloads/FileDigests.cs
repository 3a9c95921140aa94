using System.CommandLine.Parsing;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary>Reads the values of <c>--digest</c>.</summary>
internal static class FileDigests
{
    public static FileDigest[]? Parse(ArgumentResult result)
    {
        var digests = new List<FileDigest>();
        foreach (var token in result.Tokens)
        {
            try
            {
                digests.Add(FileDigest.Parse(token.Value));
            }
            catch (FormatException error)
            {
                result.AddError($"--digest: {error.Message}");
                return null;
            }
        }

        return [.. digests];
    }
}
