namespace MlHub.Hub.Index;

/// <summary>The tables of an index.</summary>
internal static class IndexSchema
{
    /// <summary>A place in <c>item_box</c> that no box touches, for items without a box.</summary>
    internal const double Nowhere = 1000;

    /// <summary>A time in <c>item_box</c> that is after all others, for items without a time.</summary>
    internal const double Never = 1e30;

    /// <summary>An index of another format is built again.</summary>
    internal const string Format = "mlhub hub index 3";

    /// <summary>The bits of <c>item.flags</c>.</summary>
    internal const int Label = 1;
    internal const int Model = 2;
    internal const int Regular = 4;

    /// <summary>A time in <c>item_box</c>: seconds since 1970.</summary>
    internal static double Seconds(long ticks) => (ticks - DateTime.UnixEpoch.Ticks) / (double)TimeSpan.TicksPerSecond;

    internal const string Create =
        """
        -- One row, written last: an index without it is not complete.
        CREATE TABLE hub (format TEXT NOT NULL, created INTEGER NOT NULL, revision TEXT NOT NULL);
        -- Every JSON file, tarball and odd file of the directory. A file with a reason is not served.
        CREATE TABLE file (id INTEGER PRIMARY KEY, path TEXT NOT NULL, size INTEGER NOT NULL, modified INTEGER NOT NULL, kind INTEGER NOT NULL, reason TEXT, subject TEXT, md5 BLOB);
        -- What is left out of a tarball.
        CREATE TABLE left_out (file INTEGER NOT NULL, entry TEXT NOT NULL, reason TEXT NOT NULL);
        CREATE TABLE catalog (file INTEGER NOT NULL, entry TEXT NOT NULL, dataset TEXT NOT NULL, source INTEGER NOT NULL, json BLOB NOT NULL);
        CREATE TABLE collection (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, file INTEGER, entry TEXT, dataset TEXT, source INTEGER, json BLOB, label INTEGER NOT NULL DEFAULT 0,
            items INTEGER NOT NULL DEFAULT 0, labels INTEGER NOT NULL DEFAULT 0, archives INTEGER NOT NULL DEFAULT 0);
        CREATE TABLE item (
            id INTEGER PRIMARY KEY, collection INTEGER NOT NULL, name TEXT NOT NULL, file INTEGER NOT NULL, entry TEXT, source INTEGER NOT NULL,
            west REAL, south REAL, east REAL, north REAL, start INTEGER, finish INTEGER, flags INTEGER NOT NULL, extensions TEXT NOT NULL, json BLOB NOT NULL);
        -- Box and time of each item, in 32-bit numbers that are rounded outwards: it finds candidates, which are then compared with the columns of the item.
        CREATE VIRTUAL TABLE item_box USING rtree (id, west, east, south, north, start, finish);
        -- The files in archives.
        CREATE TABLE entry (file INTEGER NOT NULL, name TEXT NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL, PRIMARY KEY (file, name)) WITHOUT ROWID;
        CREATE TABLE dataset (id TEXT PRIMARY KEY, position INTEGER NOT NULL, json BLOB NOT NULL);
        -- The topmost folders in which there are STAC documents.
        CREATE TABLE top_folder (name TEXT PRIMARY KEY) WITHOUT ROWID;
        CREATE UNIQUE INDEX file_path ON file (path);
        -- Archives and other files of which there are few.
        CREATE INDEX file_rare ON file (kind) WHERE kind > 3;
        CREATE UNIQUE INDEX item_name ON item (collection, name);
        """;
}
