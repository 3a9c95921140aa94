using System.Globalization;
using System.Text;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary>The sizes of the archives of a dataset.</summary>
/// <param name="Archives">Each archive, by the id of its collection; null for a collection without an archive.</param>
internal sealed record DatasetSizes(IReadOnlyDictionary<string, ArchiveInfo?> Archives)
{
    private const string Unknown = "size unknown";

    /// <summary>The size of all archives together, in bytes; null if there is none, or if the size of one is unknown.</summary>
    public long? Total => Estimate is { Files: > 0, FilesOfUnknownSize: 0, Bytes: var bytes } ? bytes : null;

    /// <summary>The number and the total size of the archives that exist.</summary>
    public DownloadEstimate Estimate => new()
    {
        Files = Archives.Values.Count(archive => archive is not null),
        Bytes = Archives.Values.Sum(archive => archive?.Size ?? 0),
        FilesOfUnknownSize = Archives.Values.Count(archive => archive is { Size: null }),
    };

    public static async Task<DatasetSizes> OfAsync(Dataset dataset, CancellationToken cancellationToken) =>
        new(await dataset.GetArchivesAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>The size of the archive of a collection, with a unit or in bytes.</summary>
    public string Of(string collectionId, bool humanReadable) => Archives.GetValueOrDefault(collectionId) switch
    {
        null => "no archive",
        { Size: null } => Unknown,
        { Size: { } bytes } => humanReadable ? Sizes.Of(bytes) : string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes"),
    };

    /// <summary>The size of all archives together.</summary>
    /// <inheritdoc cref="Of"/>
    public string? OfAll(bool humanReadable) => !humanReadable ? Total?.ToString(CultureInfo.InvariantCulture)
        : Total is { } bytes ? Sizes.Of(bytes)
        : Estimate.Files == 0 ? "no archive"
        : Unknown;

    /// <summary>The API's own JSON of the dataset, with <c>archive_sizes</c> and <c>archive_size</c> at its end, in bytes.</summary>
    public string AddTo(string json)
    {
        var added = DownloadJson.Write(sizes =>
        {
            sizes.WriteStartObject("archive_sizes");
            foreach (var (id, archive) in Archives)
            {
                Write(sizes, id, archive?.Size);
            }

            sizes.WriteEndObject();
            Write(sizes, "archive_size", Total);
        });

        // Every dataset has an id, so the object is not empty and a comma is needed.
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
