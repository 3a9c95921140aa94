using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MlHub.Hub.Definitions;
using MlHub.Hub.Index;
using MlHub.Hub.Listings;
using MlHub.Hub.Places;
using MlHub.Hub.Reading;
using MlHub.Hub.Scanning;

namespace MlHub.Hub.Building;

/// <summary>Lists the places of a definition, and builds the index from their listings if something has changed.</summary>
/// <param name="hub">The definition.</param>
/// <param name="directory">The folder of the index and the listings.</param>
/// <param name="indexPath">The full path of the index.</param>
/// <param name="client">Asks the servers of places.</param>
/// <param name="progress">Receives the progress.</param>
internal sealed class DefinedIndexBuild(HubSettings hub, string directory, string indexPath, PlaceClient client, IProgress<IndexProgress>? progress)
{
    // A change of what the index has makes all of them new.
    private const string Version = "mlhub defined index 1";
    private const int PlacesAtATime = 4;
    private const int FilesBetweenReports = 1000;

    private readonly ConcurrentDictionary<string, string> _problems = new(StringComparer.Ordinal);
    private long _files;
    private long _items;

    /// <summary>Why places could not be listed, as sentences.</summary>
    private IReadOnlyList<string> ListingProblems => [.. hub.Datasets.Select(dataset => _problems.GetValueOrDefault(dataset.Id)).OfType<string>()];

    /// <summary>What is not as the definition wants, as sentences.</summary>
    /// <param name="index">The index that is served.</param>
    internal IReadOnlyList<string> ProblemsOf(IndexReader index) =>
    [
        .. ListingProblems,
        .. from dataset in hub.Datasets
           from collection in dataset.Collections
           where collection.Boxes is not null
           let reason = index.FindFile(DatasetStorage.TablePath(dataset.Id, collection.Id))?.Reason
           where reason is not null
           select $"the collection '{collection.Id}' is served without boxes: {reason}.",
    ];

    /// <summary>The digest of the definition, and of the files of this machine that it uses.</summary>
    internal static string DigestOf(HubSettings hub) => Convert.ToHexStringLower(SHA256.HashData([.. hub.Datasets.SelectMany(DigestOf)]));

    /// <summary>Brings the index up to date.</summary>
    /// <param name="current">The index, if it is open. It stays open.</param>
    /// <param name="freshAfter">Listings after this time are not asked for again.</param>
    /// <param name="cancellationToken">Ends the work, and leaves the index as it was.</param>
    /// <returns>The index: <paramref name="current"/> if nothing has changed.</returns>
    /// <exception cref="PlaceException">No place can be listed, and none was before.</exception>
    internal async Task<IndexReader> RunAsync(IndexReader? current, DateTime freshAfter, CancellationToken cancellationToken)
    {
        await Parallel.ForEachAsync(hub.Datasets, new ParallelOptions { MaxDegreeOfParallelism = PlacesAtATime, CancellationToken = cancellationToken }, async (dataset, stop) => await ListAsync(dataset, freshAfter, stop).ConfigureAwait(false)).ConfigureAwait(false);
        if (_problems.Count == hub.Datasets.Count && current is null && !hub.Datasets.Any(dataset => Listing.IsListing(ListingOf(dataset))))
        {
            throw new PlaceException(string.Join(" ", ListingProblems));
        }

        var state = State();
        if (current?.FindFile("")?.Md5 is { } before && before.AsSpan().SequenceEqual(state))
        {
            return current;
        }

        Build(state, cancellationToken);
        return IndexReader.TryOpen(indexPath) ?? throw new IOException($"The index '{indexPath}' was written, but cannot be read. Remove it and try again.");
    }

    private string ListingOf(DatasetSettings dataset) => Path.Combine(directory, $"{dataset.Id}.listing");

    private async Task ListAsync(DatasetSettings dataset, DateTime freshAfter, CancellationToken cancellationToken)
    {
        var (path, definition) = (ListingOf(dataset), DigestOf(dataset));
        var hasListing = Listing.IsListing(path);
        if (hasListing && File.GetLastWriteTimeUtc(path) > freshAfter && IsFor(path, definition))
        {
            return;
        }

        var update = new ListingUpdate(client, path, (count, key) => Report(count, 0, $"{dataset.Id}/{key}", isPage: true));
        try
        {
            await (RemotePlaceOf(dataset.Place) is { } place
                ? update.RunAsync(place, IsDocument, definition, cancellationToken)
                : Task.Run(() => update.RunAsync(dataset.Place.Directory!, IsDocument, definition, cancellationToken), cancellationToken)).ConfigureAwait(false);
        }
        catch (PlaceException error)
        {
            _problems[dataset.Id] = hasListing
                ? $"the dataset '{dataset.Id}' is served as it was last listed, on {File.GetLastWriteTimeUtc(path).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC: {error.Message.TrimEnd('.')}."
                : $"the dataset '{dataset.Id}' cannot be served: {error.Message.TrimEnd('.')}.";
        }

        bool IsDocument(string key) => dataset.Stac.Any(pattern => pattern.Matches(key)) || dataset.Collections.Any(collection => collection.Boxes?.Path == key);
    }

    private static bool IsFor(string path, byte[] definition)
    {
        using var listing = Listing.Open(path);
        return listing.Definition.AsSpan().SequenceEqual(definition);
    }

    /// <summary>How a place of the network is listed. Null for a directory of this machine.</summary>
    internal static RemotePlace? RemotePlaceOf(PlaceSettings place) => place.Kind switch
    {
        PlaceKind.S3 => new S3Place(place.Url!, place.Prefix) { Signer = place.IsSigned ? S3Signer.FromEnvironment(place.Url!, Environment.GetEnvironmentVariable) : null },
        PlaceKind.AzureBlob => new AzureBlobPlace(place.Url!, place.Prefix) { Signer = place.IsSigned ? AzureSigner.FromEnvironment(place.Url!, Environment.GetEnvironmentVariable) : null },
        PlaceKind.Http => new HttpDirectoryPlace(place.Url!),
        _ => null,
    };

    private static byte[] DigestOf(DatasetSettings dataset)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        digest.AppendData(Encoding.UTF8.GetBytes($"{Version}\n{dataset.Source}\n{dataset.Place.Directory}\n"));
        foreach (var file in dataset.Collections.Select(collection => collection.Boxes?.File).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            digest.AppendData(FileBytes.Of(file));
        }

        return digest.GetHashAndReset();
    }

    // What the index depends on.
    private byte[] State()
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var dataset in hub.Datasets)
        {
            digest.AppendData(DigestOf(dataset));
            if (Listing.IsListing(ListingOf(dataset)))
            {
                using var listing = Listing.Open(ListingOf(dataset));
                digest.AppendData(listing.Digest);
            }
        }

        return digest.GetHashAndReset();
    }

    private void Build(byte[] state, CancellationToken cancellationToken)
    {
        Leftovers.Remove(indexPath);
        using var writer = IndexWriter.Create(string.Create(CultureInfo.InvariantCulture, $"{indexPath}.{Environment.ProcessId}.new"));
        writer.Describe(writer.AddFile("", 0, 0, FileKind.Other), FileKind.Other, null, DigestOf(hub), state);
        foreach (var dataset in hub.Datasets.Where(dataset => Listing.IsListing(ListingOf(dataset))))
        {
            using var listing = Listing.Open(ListingOf(dataset));
            new DatasetStorage(writer, dataset, RemotePlaceOf(dataset.Place), listing, (items, path) => Report(0, items, path, isPage: false)).Run(cancellationToken);
        }

        DatasetRules.Apply(writer, DefinedDatasets.Of(writer, hub));
        writer.Publish(indexPath);
    }

    private void Report(long files, long items, string path, bool isPage)
    {
        var (allFiles, allItems) = (Interlocked.Add(ref _files, files), Interlocked.Add(ref _items, items));
        if (progress is not null && (isPage || (items > 0 && allItems % FilesBetweenReports == 0)))
        {
            progress.Report(new IndexProgress { Files = allFiles, Items = allItems, Path = path });
        }
    }
}
