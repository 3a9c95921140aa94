using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MlHub.Hub;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary>Copies a dataset into a directory that <c>mlhub serve</c> serves: its catalogue, its assets, its archives, and its entry in <c>datasets.json</c>.</summary>
/// <remarks>
/// Nothing in the directory depends on the address of the hub: STAC files refer to assets by relative paths. So a mirror of a hub that serves a mirror is the same, byte for byte.
/// </remarks>
/// <param name="client">The client of the hub.</param>
/// <param name="directory">The directory.</param>
/// <param name="options">How to download.</param>
/// <param name="progress">Receives the progress; null for none.</param>
internal sealed class DatasetMirror(MlHubClient client, string directory, DatasetAssetsOptions options, ProgressDisplay? progress)
{
    private const int MaxFailuresInMessages = 20;

    private readonly List<string> _failures = [];
    private long _failed;
    private long _documents;

    /// <summary>The folder for what is temporary. The hub does not serve it.</summary>
    private string WorkDirectory => Path.Combine(directory, ".mlhub", "mirror");

    public async Task<MirrorResult> RunAsync(string datasetId, CancellationToken cancellationToken)
    {
        var dataset = await client.Datasets.GetAsync(datasetId, cancellationToken).ConfigureAwait(false);
        var work = Path.Combine(WorkDirectory, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(dataset.Id)))[..32]);
        var assets = await MirrorAssetsAsync(dataset, work, cancellationToken).ConfigureAwait(false);
        var archives = await MirrorArchivesAsync(dataset, cancellationToken).ConfigureAwait(false);
        DatasetsJson.Add(directory, JsonElement.Parse(dataset.ToJson()));
        Directory.Delete(work, recursive: true);
        RemoveIfEmpty(WorkDirectory);
        RemoveIfEmpty(Path.GetDirectoryName(WorkDirectory)!);
        return new MirrorResult { Dataset = dataset.Id, Documents = _documents, Assets = assets, Archives = archives, Failures = _failures, Failed = _failed };
    }

    // The catalogue goes to the folder for temporary files first, because its files still have the addresses of the hub.
    private async Task<long> MirrorAssetsAsync(Dataset dataset, string work, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(work);
        var complete = 0L;
        try
        {
            var result = await dataset.DownloadAssetsAsync(work, options with { AssetDirectory = directory }, progress, cancellationToken).ConfigureAwait(false);
            complete = result.Downloaded + result.AlreadyThere;
        }
        catch (AssetsFailedException error)
        {
            complete = error.Result.Downloaded + error.Result.AlreadyThere;
            _failed += error.Result.Failed;
        }
        catch (NoAssetsSelectedException)
        {
            // The catalogue has no assets.
        }
        catch (EntityDoesNotExistException)
        {
            // The hub has neither a catalogue nor items of the dataset. It may have archives.
            return 0;
        }

        var isFromPages = Directory.EnumerateFiles(work, "*.items.jsonl").Any();
        foreach (var documents in Directory.GetDirectories(work))
        {
            if (isFromPages)
            {
                StaticLinks.Write(documents, dataset.Id);
            }

            var target = Path.Combine(directory, Path.GetFileName(documents));
            var record = Path.Combine(target, "mlhub_stac_assets.db");
            using (var assets = new MirroredAssets(record))
            {
                _failures.AddRange(assets.Failed(MaxFailuresInMessages).Select(failed => $"{failed.Path}: {failed.Error}"));
                foreach (var document in Directory.EnumerateFiles(documents, "*", SearchOption.AllDirectories))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    WriteDocument(document, Path.GetRelativePath(documents, document), target, assets);
                }
            }

            File.Delete(record);
            File.Delete(record + ".mlhub-lock");
            File.Delete(Path.Combine(target, "err_report.csv"));
            File.Delete(Path.Combine(target, "report.json"));
        }

        return complete;
    }

    private void WriteDocument(string source, string path, string target, MirroredAssets assets)
    {
        var bytes = File.ReadAllBytes(source);
        var place = Path.Combine(target, path);
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        File.WriteAllBytes(place + ".mlhub-part", WithRelativeHrefs(bytes, path, assets));
        File.Move(place + ".mlhub-part", place, overwrite: true);
        _documents++;
    }

    private static byte[] WithRelativeHrefs(byte[] bytes, string path, MirroredAssets assets)
    {
        try
        {
            var clean = StacFile.ReplaceAssetHrefs(bytes, (_, _) => null);
            var paths = PathsOf(JsonElement.Parse(clean), assets);
            var folder = Path.GetDirectoryName(path)!;
            return StacFile.ReplaceAssetHrefs(clean, (key, _) => paths.TryGetValue(key, out var asset) ? Relative(folder, asset) : null);
        }
        catch (JsonException)
        {
            // The hub sent something that only a lenient reader takes for JSON.
            return bytes;
        }
    }

    private static Dictionary<string, string> PathsOf(JsonElement document, MirroredAssets assets)
    {
        var isItem = document.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("Feature");
        return Text("id") is not { } id ? [] : isItem ? assets.Of(Text("collection") ?? "", id) : assets.Of(id, null);

        string? Text(string name) => document.TryGetProperty(name, out var value) ? value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number => value.GetRawText(),
            _ => null,
        } : null;
    }

    private static string Relative(string folder, string asset)
    {
        var segments = Path.GetRelativePath(folder.Length == 0 ? "." : folder, asset).Split(Path.DirectorySeparatorChar, '/');
        return (segments[0] == ".." ? "" : "./") + string.Join('/', segments.Select(Uri.EscapeDataString));
    }

    private async Task<long> MirrorArchivesAsync(Dataset dataset, CancellationToken cancellationToken)
    {
        var complete = 0L;
        foreach (var collection in dataset.Collections.Select(collection => collection.Id).Distinct(StringComparer.Ordinal))
        {
            try
            {
                await DownloadArchiveAsync(collection, cancellationToken).ConfigureAwait(false);
                complete++;
            }
            catch (EntityDoesNotExistException)
            {
                // Not every collection has an archive.
            }
            catch (Exception error) when (error is MlHubException and not MlHubAuthenticationException and not DownloadException { Reason: DownloadFailure.DiskFull })
            {
                _failed++;
                _failures.Add($"the archive of {collection}: {Messages.Describe(error)}");
            }
        }

        return complete;
    }

    private async Task DownloadArchiveAsync(string collection, CancellationToken cancellationToken)
    {
        // The name does not depend on the storage of the hub.
        var request = client.Archives.CreateRequest(collection, directory, options.Download);
        request = request with { FileName = request.LikelyFileName };
        try
        {
            await client.Downloader.DownloadAsync(request, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (DownloadException error) when (error.Reason == DownloadFailure.NameTaken)
        {
            // The mirror was begun from another address.
            await client.Downloader.DownloadAsync(request with { Options = request.Options with { IfExists = IfExists.Overwrite } }, progress, cancellationToken).ConfigureAwait(false);
        }
    }

    private static void RemoveIfEmpty(string path)
    {
        if (Directory.Exists(path) && !Directory.EnumerateFileSystemEntries(path).Any())
        {
            Directory.Delete(path);
        }
    }
}
