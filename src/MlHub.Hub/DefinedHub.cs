using System.Security.Cryptography;
using System.Text;
using MlHub.Hub.Building;
using MlHub.Hub.Index;
using MlHub.Hub.Places;
using MlHub.Hub.Serving;

namespace MlHub.Hub;

/// <summary>
/// Serves datasets from where a <see cref="HubDefinition"/> says they are: buckets of S3 and Azure, directories of web servers, and local directories.
/// </summary>
/// <remarks>
/// <para>
/// The places are listed without credentials, unless the definition says <c>"signed": true</c>. If a dataset has STAC files, they are used. Otherwise the templates of the definition create collections, items and assets from the paths. The addresses
/// of assets and archives lead to the places themselves, so their data does not pass through the hub. Only files of a local directory are served by the hub.
/// </para>
/// <para>
/// Listings are stored with the ETags of their pages and objects, next to the index (SQLite). When the hub is opened again, only pages and STAC files that have changed are read. If a place cannot be
/// listed, its last listing is served, and <see cref="Problems"/> contains the reason.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// await using var hub = await DefinedHub.OpenAsync(HubDefinition.Known("source-coop"));
/// await using var server = await MlHubServer.StartAsync(hub);
/// </code>
/// </example>
public sealed class DefinedHub : IndexedHub
{
    private readonly HubDefinition _definition;
    private readonly HubPlaces _places;
    private readonly DefinedHubOptions _options;
    private readonly PlaceClient _client;
    private readonly Dictionary<string, ServedPlace> _served;
    private volatile IReadOnlyList<string> _problems = [];
    private bool _isOpen;

    private DefinedHub(HubDefinition definition, HubPlaces places, DefinedHubOptions options)
        : base(places, StoreOf(options.IndexDatabase, $"the hub definition '{definition.Id}'", places))
    {
        (_definition, _places, _options) = (definition, places, options);
        _client = new PlaceClient(options.Attempts, options.Timeout);
        _served = definition.Settings.Datasets.ToDictionary(dataset => dataset.Id, dataset => new ServedPlace(DefinedIndexBuild.RemotePlaceOf(dataset.Place), dataset.Place.Directory), StringComparer.Ordinal);
    }

    /// <summary>What is not served as the definition says, one sentence for each dataset or collection: a place could not be listed, or a table of boxes cannot be used. Empty if all is well.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>When this hub has last compared its index with the places. Null if it uses a trusted index.</summary>
    public DateTimeOffset? ListedAt { get; private set; }

    /// <summary>Opens the hub of a definition. The first time, its places are listed and indexed; then only what has changed is read again.</summary>
    /// <param name="definition">The definition.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the indexing. The next call begins again, or continues with the last complete index.</param>
    /// <returns>The hub. Dispose it after the servers that use it.</returns>
    /// <exception cref="IOException">No place can be listed and none was before, or the index cannot be written.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="FormatException">The address of the database is wrong.</exception>
    public static async Task<DefinedHub> OpenAsync(HubDefinition definition, DefinedHubOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(definition);
        options ??= new DefinedHubOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Attempts, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.Timeout, TimeSpan.Zero, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.SignatureLifetime, TimeSpan.FromMinutes(1), nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.SignatureLifetime, TimeSpan.FromDays(7), nameof(options));
        var hub = new DefinedHub(definition, options.IndexDirectory is { } chosen ? HubPlaces.At(chosen) : HubPlaces.IfWritable(CacheOf(definition)), options);
        try
        {
            await hub.OpenAsync(options.TrustIndex, cancellationToken).ConfigureAwait(false);
            hub._isOpen = true;
            return hub;
        }
        catch
        {
            await hub.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private protected override bool CanTrust(IHubIndex index) => index.FindFile("")?.Subject == DefinedIndexBuild.DigestOf(_definition.Settings);

    private protected override async Task<IndexReader> UpdateIndexAsync(IndexReader? current, CancellationToken cancellationToken)
    {
        var build = new DefinedIndexBuild(_definition.Settings, _places.Directory, _places.IndexPath, _client, _options.Progress);
        var freshAfter = _isOpen || _options.MaxAge <= TimeSpan.Zero ? DateTime.MaxValue : DateTime.UtcNow - _options.MaxAge;
        var index = await build.RunAsync(current, freshAfter, cancellationToken).ConfigureAwait(false);
        _problems = build.ProblemsOf(index);
        ListedAt = DateTimeOffset.UtcNow;
        return index;
    }

    private protected override IHubStorage StorageOf(IHubIndex index) => new DefinedStorage(index, _served, _options.SignatureLifetime);

    private protected override ValueTask DisposeCoreAsync()
    {
        _client.Dispose();
        return base.DisposeCoreAsync();
    }

    // Two definitions with the same id have two folders.
    private static string CacheOf(HubDefinition definition)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(definition.Origin)))[..16];
        return Path.Combine(UserCache(), "mlhub", "hubs", $"{definition.Id}-{hash}");
    }

    // https://specifications.freedesktop.org/basedir: a relative path there is to be ignored.
    private static string UserCache()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        return Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { } chosen && Path.IsPathFullyQualified(chosen) ? chosen
            : OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify)
            : OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Caches")
            : home.Length > 0 ? Path.Combine(home, ".cache")
            : Path.GetTempPath();
    }
}
