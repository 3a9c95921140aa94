using System.Text;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary>The sizes of the archives of a dataset.</summary>
/// <param name="Archives">The size of each archive in bytes, by the id of its collection; null for a collection without an archive.</param>
internal sealed record DatasetSizes(IReadOnlyDictionary<string, long?> Archives)
{
    /// <summary>The size of all archives together, in bytes; null if there is none.</summary>
    public long? Total => Archives.Values.All(size => size is null) ? null : Archives.Values.Sum();

    public static async Task<DatasetSizes> OfAsync(Dataset dataset, CancellationToken cancellationToken) =>
        new(await dataset.GetArchiveSizesAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>The size of the archive of a collection, for people.</summary>
    public string Of(string collectionId) => Archives.TryGetValue(collectionId, out var size) && size is { } bytes ? Sizes.Of(bytes) : "no archive";

    /// <summary>The API's own JSON of the dataset, with <c>archive_sizes</c> and <c>archive_size</c> at its end, in bytes.</summary>
    public string AddTo(string json)
    {
        var added = DownloadJson.Write(sizes =>
        {
            sizes.WriteStartObject("archive_sizes");
            foreach (var (id, size) in Archives)
            {
                Write(sizes, id, size);
            }

            sizes.WriteEndObject();
            Write(sizes, "archive_size", Total);
        });

        // Every dataset has an id: there is a member to put a comma behind.
        return new StringBuilder(json.AsSpan().TrimEnd()[..^1].TrimEnd().ToString()).Append(", ").Append(added.AsSpan(1)).ToString();
    }

    private static void Write(System.Text.Json.Utf8JsonWriter json, string name, long? size)
    {
        if (size is { } bytes)
        {
            json.WriteNumber(name, bytes);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
