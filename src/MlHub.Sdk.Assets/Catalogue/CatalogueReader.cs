using System.Buffers;
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

    private const int EntriesAhead = 64;
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
        var entries = Channel.CreateBounded<Entry>(new BoundedChannelOptions(EntriesAhead) { SingleReader = true, SingleWriter = true });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var unpacking = Task.Run(() => UnpackAsync(path, datasetId, entries.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var entry in entries.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                if (entry.Document is not null)
                {
                    yield return entry.Document;
                    ArrayPool<byte>.Shared.Return(entry.Buffer!);
                }
                else
                {
                    refuse(new RefusedEntry(entry.Name, entry.WhyNot!));
                }
            }

            await unpacking.ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await unpacking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task UnpackAsync(string path, string datasetId, ChannelWriter<Entry> entries, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var entry in Unpack(path, datasetId))
            {
                await entries.WriteAsync(entry, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception damaged) when (damaged is InvalidDataException or EndOfStreamException or FormatException or NotSupportedException)
        {
            throw new MlHubException($"The catalogue '{path}' is damaged: {damaged.Message} Remove it and run the command again.", damaged);
        }
        finally
        {
            entries.Complete();
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

        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Max(entry.Length, 1));
        entry.DataStream?.ReadExactly(buffer, 0, (int)entry.Length);
        var bytes = buffer.AsMemory(0, (int)entry.Length);
        if (Parse(bytes.Span) is { ValueKind: JsonValueKind.Object } json)
        {
            return new Entry(entry.Name, new CatalogueDocument(entry.Name, path, json, bytes), buffer, null);
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return Refused("it is not a JSON object");

        Entry Refused(string why) => new(entry.Name, null, null, why);
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

    private sealed record Entry(string Name, CatalogueDocument? Document, byte[]? Buffer, string? WhyNot);
}
