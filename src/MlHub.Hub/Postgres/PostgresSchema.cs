namespace MlHub.Hub.Postgres;

/// <summary>The tables of an index in PostgreSQL, and how those of earlier versions become them.</summary>
internal static class PostgresSchema
{
    /// <summary>The version of the tables, and of what is in them: raise it also if the compression of documents changes (<see cref="Index.Body"/>).</summary>
    internal const int Version = 2;

    /// <summary>The earliest version of this program that can read the tables. It still serves while a newer one changes them.</summary>
    internal const int OldestReader = 1;

    private const string ItemPath = "CREATE INDEX item_path ON item USING hash (path);";
    private const string ItemBounds = "CREATE INDEX item_bounds ON item USING gist (box, period);";
    private const string ItemModels = "CREATE INDEX item_models ON item (name) WHERE flags & 2 <> 0;";

    // A search by time alone has no box by which item_bounds could be read.
    private const string ItemPeriod = "CREATE INDEX item_period ON item USING gist (period);";

    /// <summary>Removes the indexes that make it slow to store all items, before there are any.</summary>
    internal const string DropItemIndexes = "DROP INDEX item_path, item_bounds, item_models, item_period;";

    internal const string CreateItemIndexes = ItemPath + ItemBounds + ItemModels + ItemPeriod;

    /// <summary>What each version adds to the one before it. Never change one that was published.</summary>
    internal static readonly IReadOnlyList<string> Migrations =
    [
        """
        -- One row: which hub it is, its revision, and the revisions of the index files that it was published from, with spaces between them.
        CREATE TABLE hub (name text NOT NULL, revision text NOT NULL, source text NOT NULL, published timestamptz NOT NULL);
        CREATE TABLE dataset (id text COLLATE "C" PRIMARY KEY, position integer NOT NULL, json bytea NOT NULL);
        CREATE TABLE catalog (path text NOT NULL, entry text NOT NULL, dataset text NOT NULL, source integer NOT NULL, json bytea NOT NULL);
        CREATE TABLE collection (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text COLLATE "C" NOT NULL UNIQUE, path text, entry text, dataset text, source integer NOT NULL,
            json bytea, label boolean NOT NULL, items bigint NOT NULL, labels bigint NOT NULL);
        -- All files but those of items. A file with a reason is not served.
        CREATE TABLE file (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, path text COLLATE "C" NOT NULL UNIQUE, size bigint NOT NULL, modified bigint NOT NULL, kind integer NOT NULL,
            reason text, subject text, md5 bytea, digest bigint NOT NULL);
        CREATE INDEX file_rare ON file (kind) WHERE kind > 3;
        -- The files in archives.
        CREATE TABLE entry (
            file bigint NOT NULL REFERENCES file ON DELETE CASCADE, name text COLLATE "C" NOT NULL, start bigint NOT NULL, length bigint NOT NULL, PRIMARY KEY (file, name));
        CREATE TABLE left_out (path text NOT NULL, reason text NOT NULL);
        CREATE TABLE top_folder (name text PRIMARY KEY);
        -- The box in whole degrees of longitude: one across the antimeridian is a band around the Earth. It finds candidates, which are then compared with the numbers.
        CREATE TABLE item (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, collection bigint NOT NULL REFERENCES collection ON DELETE CASCADE, name text COLLATE "C" NOT NULL,
            path text COLLATE "C" NOT NULL, entry text, source integer NOT NULL, west double precision, south double precision, east double precision, north double precision,
            start bigint, finish bigint, flags integer NOT NULL, extensions text NOT NULL, json bytea NOT NULL, digest bigint NOT NULL,
            box geometry GENERATED ALWAYS AS (CASE WHEN west IS NOT NULL THEN ST_MakeEnvelope(
                CASE WHEN west <= east THEN west ELSE -180 END, least(south, north), CASE WHEN west <= east THEN east ELSE 180 END, greatest(south, north), 4326) END) STORED,
            period int8range GENERATED ALWAYS AS (CASE WHEN start IS NOT NULL THEN int8range(start, greatest(start, finish), '[]') END) STORED,
            UNIQUE (collection, name));
        -- It is compressed already.
        ALTER TABLE item ALTER COLUMN json SET STORAGE EXTERNAL;
        """ + ItemPath + ItemBounds + ItemModels,
        ItemPeriod,
    ];
}
