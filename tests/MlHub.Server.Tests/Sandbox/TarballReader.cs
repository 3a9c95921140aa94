using System.Formats.Tar;
using System.IO.Compression;

namespace MlHub.Server.Tests.Sandbox;

/// <summary>Reads a gzipped tarball with what .NET has for it.</summary>
internal static class TarballReader
{
    public static async Task<Dictionary<string, byte[]>> ReadAsync(Stream tarball)
    {
        Dictionary<string, byte[]> files = new(StringComparer.Ordinal);
        await using var gzip = new GZipStream(tarball, CompressionMode.Decompress);
        await using var reader = new TarReader(gzip);
        while (await reader.GetNextEntryAsync() is { } entry)
        {
            using var content = new MemoryStream();
            await entry.DataStream!.CopyToAsync(content);
            files.Add(entry.Name, content.ToArray());
        }

        return files;
    }
}
