using Microsoft.Data.Sqlite;

namespace MlHub.Sdk.Assets.Record;

/// <summary>The table of the STAC files of a dataset, which is there if their tree is rewritten.</summary>
internal sealed partial class AssetDatabase
{
    internal const string Catalog = "catalog";
    internal const string Collection = "collection";
    internal const string Item = "item";

    private const int DocumentsAtOnce = 1000;

    private SqliteTransaction? _indexing;
    private SqliteCommand? _insertDocument;
    private SqliteCommand? _findDocument;

    /// <summary>Whether the tree of STAC files is, or was to be, rewritten.</summary>
    internal bool HasDocuments => HasTable("documents");

    /// <summary>Begins to replace the documents. Until <see cref="EndDocuments"/>, a kill leaves them as they were.</summary>
    internal void BeginDocuments()
    {
        _indexing = Connection.BeginTransaction();
        Run(
            """
            DROP TABLE IF EXISTS documents;
            CREATE TABLE documents (path TEXT PRIMARY KEY, folder TEXT, number INTEGER, kind TEXT, id TEXT, collection_id TEXT, parent TEXT) WITHOUT ROWID;
            """);
        _insertDocument = Prepare("INSERT OR REPLACE INTO documents VALUES ($p0, $p1, $p2, $p3, $p4, $p5, NULL)", 6);
    }

    /// <summary>Adds a document. Of two with the same path, the last one stays.</summary>
    internal void AddDocument(string path, long number, string kind, string? id, string? collectionId)
    {
        Set(_insertDocument!, [path, FolderOf(path), number, kind, id, collectionId]);
        _insertDocument!.ExecuteNonQuery();
    }

    /// <summary>Gives each document its parent: an item its collection, and anything else the catalog or collection in the nearest folder above it.</summary>
    /// <param name="rootId">The id of the root if there is no catalog.</param>
    /// <returns>The root.</returns>
    internal TreePlace EndDocuments(string rootId)
    {
        Run("CREATE INDEX documents_id ON documents (kind, id); CREATE INDEX documents_folder ON documents (folder, kind)");
        var root = Text("SELECT path FROM documents WHERE kind = 'catalog' ORDER BY length(path) - length(replace(path, '/', '')), path LIMIT 1");
        if (root is null)
        {
            root = Number("SELECT count(*) FROM documents WHERE path = 'catalog.json'") == 0 ? "catalog.json" : "catalog~root.json";
            AddDocument(root, number: -1, Catalog, rootId, collectionId: null);
        }

        Run("UPDATE documents SET parent = (SELECT min(path) FROM documents AS above WHERE above.kind = 'collection' AND above.id = documents.collection_id) WHERE kind = 'item'");
        SetOtherParents(root);
        Run("CREATE INDEX documents_parent ON documents (parent)");
        _insertDocument!.Dispose();
        _indexing!.Commit();
        _indexing.Dispose();
        (_indexing, _insertDocument) = (null, null);
        return FindDocument(root)!;
    }

    internal TreePlace? FindDocument(string path)
    {
        _findDocument ??= Prepare("SELECT number, parent FROM documents WHERE path = $p0", 1);
        Set(_findDocument, [path]);
        using var reader = _findDocument.ExecuteReader();
        return reader.Read() ? new TreePlace(path, reader.GetInt64(0), TextAt(reader, 1)) : null;
    }

    /// <summary>The path of the document of a collection; null if there is none.</summary>
    internal string? FindCollection(string collectionId)
    {
        using var command = Command("SELECT min(path) FROM documents WHERE kind = 'collection' AND id = $p0", collectionId);
        return command.ExecuteScalar() as string;
    }

    /// <summary>The documents below a catalog or collection, in order. None is kept.</summary>
    internal IEnumerable<(string Path, bool IsItem)> Children(string path)
    {
        using var command = Command("SELECT path, kind = 'item' FROM documents WHERE parent = $p0 ORDER BY kind, path", path);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return (reader.GetString(0), reader.GetInt64(1) != 0);
        }
    }

    /// <summary>All rows, in the order of the documents. None is kept.</summary>
    internal IEnumerable<AssetRow> Rows() => Rows($"SELECT {Columns} FROM assets ORDER BY rowid");

    /// <summary>The selected rows, in the order of the documents, also those that share their file with another row. None is kept.</summary>
    internal IEnumerable<AssetRow> SelectedRows() => Rows(
        $"SELECT {Columns} FROM selected JOIN assets ON assets.rowid = id {(_isNarrowed ? "WHERE asset_save_path IN (SELECT asset_save_path FROM wanted JOIN assets ON assets.rowid = wanted.id)" : "")} ORDER BY id");

    private IEnumerable<AssetRow> Rows(string sql)
    {
        using var command = Command(sql);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return Read(reader, withItems: false);
        }
    }

    private void SetOtherParents(string root)
    {
        using var next = Prepare("SELECT path, kind FROM documents WHERE parent IS NULL AND path <> $p0 AND path > $p1 ORDER BY path LIMIT $p2", 3);
        using var above = Prepare("SELECT path FROM documents WHERE folder = $p0 AND kind < $p1 OR (folder = $p0 AND kind = $p1 AND path < $p2 AND kind <> 'item') ORDER BY kind, path LIMIT 1", 3);
        using var update = Prepare("UPDATE documents SET parent = $p0 WHERE path = $p1", 2);
        for (var after = ""; ReadNext(after) is { Count: > 0 } page; after = page[^1].Path)
        {
            foreach (var (path, kind) in page)
            {
                Set(update, [ParentOf(path, kind) ?? root, path]);
                update.ExecuteNonQuery();
            }
        }

        List<(string Path, string Kind)> ReadNext(string after)
        {
            var page = new List<(string, string)>();
            Set(next, [root, after, DocumentsAtOnce]);
            using var reader = next.ExecuteReader();
            while (reader.Read())
            {
                page.Add((reader.GetString(0), reader.GetString(1)));
            }

            return page;
        }

        // In its own folder, a catalog stands above a collection, and both above an item. So nothing is above itself.
        string? ParentOf(string path, string kind)
        {
            var (folder, below) = (FolderOf(path), kind);
            while (true)
            {
                Set(above, [folder, below, path]);
                if (above.ExecuteScalar() is string parent)
                {
                    return parent;
                }

                if (folder.Length == 0)
                {
                    return null;
                }

                (folder, below) = (FolderOf(folder), Item);
            }
        }
    }

    private static string FolderOf(string path) => path.LastIndexOf('/') is >= 0 and var end ? path[..end] : "";
}
