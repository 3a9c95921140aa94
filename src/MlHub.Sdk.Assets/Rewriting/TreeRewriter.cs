using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using MlHub.Sdk.Assets.Catalogue;
using MlHub.Sdk.Assets.Record;
using MlHub.Sdk.Downloads.Files;

namespace MlHub.Sdk.Assets.Rewriting;

/// <summary>
/// Writes the STAC files of a dataset so that they need no hub: links between them are relative, and assets that are stored have the relative address of their file. The same catalogue
/// and the same stored files give the same bytes. Nothing in memory grows with the dataset.
/// </summary>
/// <param name="database">Has the assets, and gets the documents.</param>
/// <param name="catalogue">The catalogue, with the documents as the hub sent them.</param>
/// <param name="dataset">The dataset.</param>
/// <param name="stacDirectory">The directory of the STAC files.</param>
/// <param name="assetDirectory">The directory of the assets.</param>
internal sealed class TreeRewriter(AssetDatabase database, CatalogueFile catalogue, Dataset dataset, string stacDirectory, string assetDirectory)
{
    private const int FlushSize = 64 * 1024;
    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private string? _lastFolder;

    /// <summary>Writes all files. A file whose bytes stay the same is not touched.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        var root = await IndexAsync(cancellationToken).ConfigureAwait(false);
        var writer = new DocumentWriter(database, root.Path, stacDirectory, assetDirectory);
        if (root.Number < 0)
        {
            Write(root, json => writer.WriteRoot(json, dataset));
        }

        using var rows = database.Rows().GetEnumerator();
        var hasRow = rows.MoveNext();
        var number = -1L;
        await foreach (var document in catalogue.ReadAsync(dataset.Id, static _ => { }, cancellationToken).ConfigureAwait(false))
        {
            number++;
            var own = new List<AssetRow>();
            for (; hasRow && rows.Current.Document <= number; hasRow = rows.MoveNext())
            {
                own.Add(rows.Current);
            }

            if (database.FindDocument(document.Path) is { } place && place.Number == number)
            {
                Write(place, json => writer.Write(json, document, place, own));
            }
        }
    }

    private async Task<TreePlace> IndexAsync(CancellationToken cancellationToken)
    {
        database.BeginDocuments();
        var number = 0L;
        await foreach (var document in catalogue.ReadAsync(dataset.Id, static _ => { }, cancellationToken).ConfigureAwait(false))
        {
            var kind = document.IsCatalog ? AssetDatabase.Catalog : document.IsCollection ? AssetDatabase.Collection : AssetDatabase.Item;
            var item = kind == AssetDatabase.Item ? document.ReadItem() : null;
            if (kind == AssetDatabase.Catalog || item is not null || (kind == AssetDatabase.Collection && EntityId.Of(document.Json) is not null))
            {
                database.AddDocument(document.Path, number, kind, EntityId.Of(document.Json), item?.CollectionId);
            }

            number++;
        }

        return database.EndDocuments(dataset.Id);
    }

    // A collection may have a link to each of a million items, so the text goes to the disk while it is made.
    private void Write(TreePlace place, Action<Utf8JsonWriter> write)
    {
        var path = Path.Combine(stacDirectory, place.Path.Replace('/', Path.DirectorySeparatorChar));
        var folder = Path.GetDirectoryName(path)!;
        if (folder != _lastFolder)
        {
            Directory.CreateDirectory(folder);
            _lastFolder = folder;
        }

        var unfinished = path + ".mlhub-part";
        var text = new GrowingText(unfinished);
        try
        {
            using (var json = new Utf8JsonWriter(text, Options))
            {
                write(json);
            }

            text.Finish(path);
        }
        finally
        {
            text.Dispose();
        }
    }

    /// <summary>A text that is kept in memory while it is short, and goes to a file when it is long.</summary>
    private sealed class GrowingText(string unfinished) : IBufferWriter<byte>, IDisposable
    {
        private readonly ArrayBufferWriter<byte> _text = new();
        private FileStream? _file;

        public void Advance(int count)
        {
            _text.Advance(count);
            if (_text.WrittenCount > FlushSize)
            {
                Flush();
            }
        }

        public Memory<byte> GetMemory(int sizeHint = 0) => _text.GetMemory(sizeHint);

        public Span<byte> GetSpan(int sizeHint = 0) => _text.GetSpan(sizeHint);

        internal void Finish(string path)
        {
            if (_file is null && HasSameBytes(path))
            {
                return;
            }

            Flush();
            _file!.Dispose();
            File.Move(unfinished, path, overwrite: true);
        }

        public void Dispose()
        {
            if (_file is not null)
            {
                _file.Dispose();
                File.Delete(unfinished);
            }
        }

        private bool HasSameBytes(string path) =>
            FileStatus.At(path, followsLinks: false) is { IsRegular: true } there && there.Size == _text.WrittenCount && File.ReadAllBytes(path).AsSpan().SequenceEqual(_text.WrittenSpan);

        private void Flush()
        {
            _file ??= new FileStream(RegularFile.Create(unfinished), FileAccess.Write, bufferSize: 0);
            _file.Write(_text.WrittenSpan);
            _text.ResetWrittenCount();
        }
    }
}
