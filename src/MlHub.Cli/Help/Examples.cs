using System.CommandLine;

namespace MlHub.Cli;

/// <summary>The last part of the help of a command.</summary>
internal static class Examples
{
    private const string OfMlHub =
        """
        Examples:
          mlhub --sandbox datasets list                              try it without an account
          mlhub --hub source-coop datasets list                      read datasets where they are today
          mlhub configure                                            store your API key
          mlhub datasets list --tag flood
          mlhub datasets download ID --output data                   run it again to resume it
          mlhub items list COLLECTION --all --format jsonl | jq .id

        Exit codes:
          0 success   1 failed   2 wrong usage   3 no API key, or key refused   4 not found
          5 some of many failed   6 nothing to compare with   130 interrupted by Ctrl-C
          129 by SIGHUP   131 by SIGQUIT   143 by SIGTERM

        """;

    private const string OfDatasetsDownload =
        """
        Downloads the archives of all collections of the dataset into DIR. A file gets its final name only when
        it is complete and verified. The paths of the files are printed, one on each line. After an
        interruption, run the same command again: it resumes, and skips the files that are already there.

        Examples:
          mlhub datasets download ref_african_crops_kenya_01 --output data
          mlhub datasets download 10.34911/rdnt.dw605x --if-exists skip
          mlhub datasets download ID --output data --checksums SHA256SUMS
          mlhub --sandbox datasets download sandbox_crops_kenya --output data

        """;

    private const string OfItemsSearch =
        """
        An item must meet all conditions. The hub applies them. A hub of "mlhub serve" can search; the original service
        could not.

        Examples:
          mlhub items search --collection ref_african_crops_kenya_01_source --datetime 2019-06-01/..
          mlhub items search --intersects area.geojson --filter 'eo:cloud_cover < 10' --all --format jsonl
          mlhub --sandbox items search --bbox 34,0,35,1 --sort-by=-properties.datetime --limit 3

        """;

    private const string OfItemsDownload =
        """
        The files are COLLECTION/ITEM/KEY.EXTENSION in DIR, as with the Python client. Files that all items share
        (documentation, readme, test_split, train_split, validation_split) are stored once, in
        COLLECTION/_common. If a name is not allowed on every system, or is already used, digits are added to it.
        Run the same command again after an interruption: it skips the files that are already there.

        Examples:
          mlhub items download ref_african_crops_kenya_01_source --asset B04 --asset B08 --output data
          mlhub items download COLLECTION ITEM ITEM --dry-run
          mlhub --sandbox items download sandbox_crops_kenya_s2 --asset B02

        """;

    private const string OfAssetsList =
        """
        Formats: --format geojson prints a FeatureCollection with the geometry of each item. --format stac-geoparquet
        writes a table of the items for data tools.

        Examples:
          mlhub assets list ref_african_crops_kenya_01 --key B04 --datetime 2019-06-01/2019-09-30
          mlhub assets list DATASET --intersects area.geojson --format geojson
          mlhub assets list DATASET --format stac-geoparquet --output-file items.parquet
          mlhub assets list NAME --items items.json
          mlhub --sandbox assets list sandbox_assets_world

        """;

    private const string OfAssetsDownload =
        """
        The catalogue is stored as DATASET.tar.gz and DATASET/ in DIR, the assets as
        DATASET/COLLECTION/ITEM/KEY.EXTENSION, as with the Python client. DATASET/mlhub_stac_assets.db (SQLite) has a
        row for each asset. Run the same command again after an interruption: it downloads only what is missing.
        If some assets fail, the others are downloaded, and DATASET/err_report.csv lists the failures. "mlhub assets
        retry DATASET/report.json" tries only those.

        Examples:
          mlhub assets download ref_african_crops_kenya_01 --collection ref_african_crops_kenya_01_source:B04,B08
          mlhub assets download DATASET --bbox 34.2,0.1,34.4,0.5 --datetime 2019-06-01/.. --output data
          mlhub assets download DATASET --intersects area.geojson --dry-run
          mlhub assets download DATASET --layout '{collection}/{year}/{item}.{key}{ext}' --rewrite
          mlhub assets download DATASET --shard 3/8 --output data
          mlhub assets download DATASET --locked --output data
          mlhub --sandbox assets download sandbox_assets_world --key image

        """;

    private const string OfAssetsRetry =
        """
        Examples:
          mlhub assets retry data/DATASET/report.json

        """;

    private const string OfAssetsMerge =
        """
        If a shard is missing or lacks files, it is named, nothing is written, and the exit code is 5.

        Examples:
          mlhub assets merge data
          mlhub assets merge machine1/data machine2/data --output all

        """;

    private const string OfAssetsLock =
        """
        All files must have been downloaded to DIR, with the same filters and layout. The lock has the size and SHA-256
        of each file, in JSON.

        Examples:
          mlhub assets lock DATASET --key 'B0*' --output data --split train=0.8,test=0.2 --seed 7
          mlhub assets download DATASET --locked --output other

        """;

    private const string OfModelsDownload =
        """
        The files are COLLECTION/MODEL/KEY.EXTENSION in DIR.

        Examples:
          mlhub models download ID --output data
          mlhub --sandbox models download sandbox-crop-classifier-unet-v1 --dry-run

        """;

    private const string OfConfigure =
        """
        Without --api-key, the command asks for the key and does not show it. The key is stored in the file
        MLHUB_HOME/profiles, or ~/.mlhub/profiles, which only you can read. --profile names the profile
        (default: "default"). --root-url is stored too. With it, you can leave the key empty.

        Examples:
          mlhub configure                                  asks for the key and does not show it
          mlhub configure --profile project1
          mlhub configure --root-url http://127.0.0.1:8765/mlhub/v1/ --profile local
          pass show mlhub | mlhub configure --yes          reads the key from standard input

        """;

    private const string OfServe =
        """
        Here, --api-key is a key that the server accepts. It can be repeated. Default: "sandbox-key" for the sandbox,
        and a new key at each start for DIR.

        DIR is read once and indexed. The next start serves the index at once, and then reads what has changed. The
        same is true of the buckets of --hub. Clients download from the buckets, not from this server. /healthz says
        whether the server is alive, and /readyz whether the index is open.

        Examples:
          mlhub serve
          mlhub serve data --check
          mlhub serve data --port 0 --api-key first --api-key second
          mlhub serve --hub crops.hub.json
          mlhub serve data --listen 0.0.0.0 --keys keys --certificate hub.pem --certificate-key hub.key
          mlhub serve data --keys keys --public-url https://hub.example.org/ --log-format json

        """;

    private const string OfKeysAdd =
        """
        The key is random, and printed alone on one line. A server that uses the file accepts it at once. Two keys
        cannot have the same name.

        Examples:
          mlhub keys add alice --keys keys
          mlhub keys add ci --keys keys --expires 2027-06-30
          mlhub serve data --keys keys

        """;

    private const string OfMirror =
        """
        DIR gets datasets.json, the archives as COLLECTION.tar.gz, and the STAC files and assets as
        DATASET/COLLECTION/ITEM/KEY.EXTENSION. STAC files refer to assets by relative paths, so every STAC tool opens
        them, and a mirror of a mirror is the same, byte for byte. Run the same command again after an
        interruption: it downloads only what is missing.

        Examples:
          mlhub mirror ref_african_crops_kenya_01 --output data
          mlhub serve data
          mlhub --sandbox mirror sandbox_crops_kenya sandbox_assets_world --output data

        """;

    private const string OfDownload =
        """
        No API key is needed, and none is sent: --api-key, --profile, --root-url, --sandbox and --hub are refused.
        For files that need a key, use "mlhub archives download" and the other download commands. Several files
        are downloaded at the same time. If two of them would get the same name, nothing is downloaded.

        Examples:
          mlhub download https://example.org/data.tar.gz --output data
          mlhub download https://example.org/download/17 --file-name data.tar.gz
          mlhub download https://example.org/data.tar.gz --digest md5:d41d8cd98f00b204e9800998ecf8427e

        """;

    private const string OfVerify =
        """
        No request is sent. A downloaded file has a receipt if the file system supports extended attributes.
        Most ways of copying lose the receipt. A checksum file can be copied together with the files.

        Exit codes:
          0 all right                              1 all wrong: not what was downloaded
          4 all missing                            6 all unknown: no receipt, and no digest given
          5 some right, others not                 1 none right, for different reasons
          1 a line of --checksums is damaged: the others are still checked

        Examples:
          mlhub verify data
          mlhub verify data/*.tar.gz
          mlhub verify --checksums SHA256SUMS
          mlhub verify data.tar.gz --digest sha-256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08

        """;

    public static string? Of(Command command) => command switch
    {
        RootCommand => OfMlHub,
        { Name: "configure" } => OfConfigure,
        { Name: "serve" } => OfServe,
        { Name: "add" } => OfKeysAdd,
        { Name: "mirror" } => OfMirror,
        { Name: "verify" } => OfVerify,
        { Name: "download" } when command.Parents.Any(parent => parent is RootCommand) => OfDownload,
        { Name: "download" } when command.Parents.Any(parent => parent.Name == "datasets") => OfDatasetsDownload,
        { Name: "download" } when command.Parents.Any(parent => parent.Name == "items") => OfItemsDownload,
        { Name: "search" } => OfItemsSearch,
        { Name: "list" } when command.Parents.Any(parent => parent.Name == "assets") => OfAssetsList,
        { Name: "download" } when command.Parents.Any(parent => parent.Name == "assets") => OfAssetsDownload,
        { Name: "retry" } => OfAssetsRetry,
        { Name: "merge" } => OfAssetsMerge,
        { Name: "lock" } => OfAssetsLock,
        { Name: "download" } when command.Parents.Any(parent => parent.Name == "models") => OfModelsDownload,
        _ => null,
    };
}
