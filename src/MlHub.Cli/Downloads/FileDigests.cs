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
            if (!FileDigest.TryParse(token.Value, out var digest))
            {
                result.AddError($"--digest: '{token.Value}' is not a digest. Write algorithm:value, for example md5:d41d8cd98f00b204e9800998ecf8427e.");
                return null;
            }

            digests.Add(digest);
        }

        return [.. digests];
    }
}
