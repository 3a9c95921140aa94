namespace MlHub.Sandbox;

/// <summary>A file of the sandbox. Its content is created on demand.</summary>
internal sealed record SandboxAsset
{
    /// <summary>The key in the <c>assets</c> of its item or collection.</summary>
    public required string Key { get; init; }

    /// <summary>The suffix of the file, with its dot. In an archive, the name of the file is the key and the suffix.</summary>
    public required string Suffix { get; init; }

    public required string ContentType { get; init; }

    public required Func<byte[]> Make { get; init; }

    public string? Title { get; init; }

    public IReadOnlyList<string> Roles { get; init; } = ["data"];

    /// <summary>The bands of the <c>eo</c> extension, by their names in <see cref="SandboxStac"/>.</summary>
    public IReadOnlyList<string> Bands { get; init; } = [];

    /// <summary>Whether all items of the collection share this file. It is then in the directory <c>_common</c> of the collection.</summary>
    public bool IsCommon { get; init; }

    /// <summary>Whether the file does not exist, although its item names it.</summary>
    public bool IsMissing { get; init; }

    /// <summary>The name of the file, for a key that is not the name of a file.</summary>
    public string? OwnFileName { get; init; }

    public string FileName => OwnFileName ?? Key + Suffix;

    public static SandboxAsset GeoTiff(string key, IReadOnlyList<string> bands, Func<byte[]> make) => new()
    {
        Key = key,
        Suffix = ".tif",
        ContentType = "image/tiff; application=geotiff",
        Bands = bands,
        Make = make,
    };
}
