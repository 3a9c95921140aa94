using System.Text.Json;
using MlHub.Hub.Index;
using MlHub.Hub.Reading;

namespace MlHub.Hub.Scanning;

/// <summary>A JSON file that was read, ready to be stored.</summary>
/// <param name="Found">The file.</param>
/// <param name="Document">The STAC document. Null if the file is another one.</param>
/// <param name="Packed">The compressed document.</param>
/// <param name="WhyNot">Why it is left out. Null if it is not.</param>
internal sealed record ReadFile(FoundFile Found, StacDocument? Document, byte[]? Packed, string? WhyNot)
{
    // Larger JSON files are labels or other assets.
    private const long LargestDocument = 256 * 1024 * 1024;

    internal static ReadFile Of(string root, FoundFile found)
    {
        if (found.WhyNot is not null || found.IsDatasets || found.Size > LargestDocument)
        {
            return new ReadFile(found, null, null, found.WhyNot);
        }

        try
        {
            var document = StacDocument.Read(Bytes(Path.Combine(root, found.Path)));
            return new ReadFile(found, document, document is null ? null : Body.Compress(document.Json.Span), null);
        }
        catch (JsonException error)
        {
            return new ReadFile(found, null, null, FileNames.NotJson(error));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new ReadFile(found, null, null, "it cannot be read");
        }
    }

    // File.ReadAllBytes locks the file, which takes two more system calls.
    private static byte[] Bytes(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[RandomAccess.GetLength(file)];
        var all = 0;
        while (all < bytes.Length && RandomAccess.Read(file, bytes.AsSpan(all), all) is > 0 and var read)
        {
            all += read;
        }

        return all == bytes.Length ? bytes : bytes[..all];
    }
}
