using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace MlHub.Sdk.Assets.Catalogue;

/// <summary>
/// Reads the files of a catalogue from its tarball, one after the other. One thread unpacks and parses while another uses the documents. An entry that cannot be used is reported, and the
/// rest goes on.
/// </summary>
internal static class CatalogueReader
{
    // A collection with a link to each of a million items has about 150 MB.
    private const long LargestEntry = 256 * 1024 * 1024;

    private const int BatchSize = 4;
    private const long BatchBytes = 1024 * 1024;
    private const int BufferSize = 256 * 1024;

    /// <summary>Reads all documents. No document is kept.</summary>
    /// <param name="path">The tarball.</param>
    /// <param name="datasetId">The dataset.</param>
    /// <param name="refuse">Gets the entries that are left out.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="MlHubException">The tarball is damaged.</exception>
    internal static async IAsyncEnumerable<CatalogueDocument> ReadAsync(
        string path, string datasetId, Action<RefusedEntry> refuse, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var batch in Stage.RunAsync<List<Entry>>((entries, token) => UnpackAsync(path, datasetId, entries, token), cancellationToken).ConfigureAwait(false))
        {
            foreach (var entry in batch)
            {
                if (entry.Document is not null)
                {
                    yield return entry.Document;
                }
                else
                {
                    refuse(new RefusedEntry(entry.Name, entry.WhyNot!));
                }
            }
        }
    }

    private static async Task UnpackAsync(string path, string datasetId, ChannelWriter<List<Entry>> entries, CancellationToken cancellationToken)
    {
        try
        {
            var batch = new List<Entry>(BatchSize);
            var bytes = 0L;
            foreach (var entry in Unpack(path, datasetId))
            {
                batch.Add(entry);
                bytes += entry.Document?.Bytes.Length ?? 0;
                if (batch.Count == BatchSize || bytes > BatchBytes)
                {
                    bytes = 0;
                    await entries.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
                    batch = new List<Entry>(BatchSize);
                }
            }

            await entries.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception damaged) when (damaged is InvalidDataException or EndOfStreamException or FormatException or NotSupportedException or ArgumentException or OverflowException)
        {
            throw new MlHubException($"The catalogue '{path}' is damaged, because it is not a complete tar.gz file. Remove it and run the command again.", damaged);
        }
    }

    private static IEnumerable<Entry> Unpack(string path, string datasetId)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferSize, FileOptions.SequentialScan);
        using var unzipped = new GZipStream(file, CompressionMode.Decompress);
        using var buffered = new BufferedStream(unzipped, BufferSize);
        using var tar = new TarReader(buffered);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.EntryType is not (TarEntryType.Directory or TarEntryType.GlobalExtendedAttributes))
            {
                yield return Read(entry, datasetId);
            }
        }
    }

    private static Entry Read(TarEntry entry, string datasetId)
    {
        if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile))
        {
            return Refused("it is a link or a device and not a file");
        }

        if (!CatalogueName.TryMakePath(entry.Name, datasetId, out var path, out var whyNot))
        {
            return Refused(whyNot);
        }

        if (entry.Length > LargestEntry)
        {
            return Refused("it is larger than 256 MiB");
        }

        var bytes = new byte[entry.Length];
        entry.DataStream?.ReadExactly(bytes);
        return Parse(bytes) is { ValueKind: JsonValueKind.Object } json ? new Entry(entry.Name, new CatalogueDocument(entry.Name, path, json, bytes), null) : Refused("it is not a JSON object");

        Entry Refused(string why) => new(entry.Name, null, why);
    }

    private static JsonElement? Parse(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return LenientJson.Parse(bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[3..] : bytes);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Entry(string Name, CatalogueDocument? Document, string? WhyNot);
}
