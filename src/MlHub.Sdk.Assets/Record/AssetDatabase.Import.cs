using Microsoft.Data.Sqlite;

namespace MlHub.Sdk.Assets.Record;

/// <summary>Replacing the rows by those of another catalogue.</summary>
internal sealed partial class AssetDatabase
{
    private const string InsertAsset =
        """
        INSERT INTO assets (
            collection_id, item_id, asset_key, asset_url, asset_save_path, media_type, roles_json, stated_digest, alternates_json, common_asset, stated_bytes, document,
            bbox_json, geometry_json, single_datetime, start_datetime, end_datetime, west, south, east, north, shape_west, shape_south, shape_east, shape_north, time_start, time_end, filtered)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)
        """;

    // The parameters that are not the same for all rows of an item.
    private const int OwnColumns = 12;

    private SqliteTransaction? _rebuilding;
    private SqlStatement? _insert;
    private ItemFields? _item;
    private bool _replaces;

    /// <summary>Begins to replace all rows. Until <see cref="EndRebuild"/>, a kill leaves the rows as they were.</summary>
    internal void BeginRebuild()
    {
        _rebuilding = Connection.BeginTransaction();
        _replaces = HasTable("catalogue") && Text("SELECT layout FROM catalogue") == Layout;
        Run(_replaces ? "ALTER TABLE assets RENAME TO assets_before; DROP INDEX assets_common" : "DROP TABLE IF EXISTS assets");
        Run("DROP TABLE IF EXISTS catalogue; DROP TABLE IF EXISTS collections; DROP TABLE IF EXISTS refused");
        Run(CreateAssets);
        Run("CREATE TABLE catalogue (layout TEXT, digest TEXT); CREATE TABLE collections (collection_id TEXT PRIMARY KEY); CREATE TABLE refused (name TEXT, reason TEXT)");
        _insert = new SqlStatement(Connection, InsertAsset);
        _item = null;
    }

    /// <summary>Adds a row. The rows of an item should follow each other, because what they have in common is then passed on once.</summary>
    internal void Add(AssetRow row)
    {
        var insert = _insert!;
        if (!ReferenceEquals(row.Item, _item))
        {
            _item = row.Item;
            var (item, time, first) = (row.Item, row.Item.Time, OwnColumns + 1);
            foreach (var text in (ReadOnlySpan<string?>)[item.BboxJson, item.GeometryJson, item.SingleDateTime, item.StartDateTime, item.EndDateTime])
            {
                insert.Bind(first++, text);
            }

            foreach (var edge in (ReadOnlySpan<double?>)[.. Edges(item.Place), .. Edges(item.Around)])
            {
                insert.Bind(first++, edge);
            }

            insert.Bind(first++, time is null ? null : time.Start?.UtcTicks ?? 0L);
            insert.Bind(first, time is null ? null : time.End?.UtcTicks ?? long.MaxValue);
        }

        var column = 1;
        foreach (var text in (ReadOnlySpan<string?>)[row.CollectionId, row.ItemId, row.Key, row.Url, row.Path, row.MediaType, row.RolesJson, row.StatedDigest, row.AlternatesJson])
        {
            insert.Bind(column++, text);
        }

        insert.Bind(column++, row.IsCommon ? 1L : 0L);
        insert.Bind(column++, row.StatedBytes);
        insert.Bind(column, row.Document);
        insert.Run();
    }

    internal void AddCollection(string collectionId) => Run("INSERT OR IGNORE INTO collections VALUES ($p0)", collectionId);

    internal void AddRefused(RefusedEntry entry) => Run("INSERT INTO refused VALUES ($p0, $p1)", entry.Name, entry.Reason);

    /// <summary>Stores the new rows. What earlier runs stored of the same assets is kept.</summary>
    internal void EndRebuild(string catalogue)
    {
        Run("INSERT OR IGNORE INTO collections SELECT DISTINCT collection_id FROM assets");
        Run("INSERT INTO catalogue VALUES ($p0, $p1)", Layout, catalogue);
        if (_replaces)
        {
            Run("CREATE INDEX before_path ON assets_before (asset_save_path)");
            Run(
                """
                UPDATE assets SET status = before.status, bytes = before.bytes, digest = before.digest FROM assets_before AS before
                WHERE before.asset_save_path = assets.asset_save_path AND before.status = 'stored' AND before.asset_url IS assets.asset_url
                    AND before.stated_bytes IS assets.stated_bytes AND before.stated_digest IS assets.stated_digest
                """);

            // The file at the path of such a row may be that of another asset, and have the same size.
            Run(
                """
                UPDATE assets SET status = 'stale' FROM assets_before AS before
                WHERE before.asset_save_path = assets.asset_save_path AND assets.status IS NULL AND (before.status = 'stale' OR before.asset_url IS NOT assets.asset_url
                    OR before.stated_bytes IS NOT assets.stated_bytes OR before.stated_digest IS NOT assets.stated_digest)
                """);
            Run("DROP TABLE assets_before");
        }

        _insert!.Dispose();
        _insert = null;
        _rebuilding!.Commit();
        _rebuilding.Dispose();
        _rebuilding = null;
    }

    // As Bbox.Spans: a box that crosses the antimeridian has its west east of its east.
    private static double?[] Edges(Bbox? box)
    {
        if (box is null)
        {
            return [null, null, null, null];
        }

        var spans = box.Spans().ToArray();
        return [spans[0].West, box.South, spans[^1].East, box.North];
    }
}
