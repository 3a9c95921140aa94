namespace MlHub.Hub.Definitions;

/// <summary>Where the files of a dataset are.</summary>
/// <param name="Kind">What kind of place it is.</param>
/// <param name="Url">The address of the bucket, container or directory. Null for a directory of this machine.</param>
/// <param name="Directory">The full path of a directory of this machine. Null for others.</param>
/// <param name="Prefix">What the keys of the dataset begin with. Paths in the definition are what follows it.</param>
/// <param name="IsSigned">Whether only its owner may read it, so that addresses need a signature.</param>
internal sealed record PlaceSettings(PlaceKind Kind, Uri? Url, string? Directory, string Prefix, bool IsSigned = false)
{
    internal static PlaceSettings Read(DefinitionObject json, string? directory)
    {
        var kind = json.Required("type") switch
        {
            "s3" => PlaceKind.S3,
            "azure-blob" => PlaceKind.AzureBlob,
            "http" => PlaceKind.Http,
            "directory" => PlaceKind.Directory,
            var other => throw new FormatException($"{json.Place("type")} must be s3, azure-blob, http or directory, not '{other}'."),
        };
        var place = kind switch
        {
            PlaceKind.Directory => new PlaceSettings(kind, null, Local(json.Required("path"), directory, json.Place("path")), ""),
            PlaceKind.Http => new PlaceSettings(kind, Address(json, ""), null, ""),
            _ => new PlaceSettings(kind, Address(json, " For a place that not everybody may list, add \"signed\": true."), null, json.Text("prefix") ?? "", json.Flag("signed")),
        };
        json.RequireNothingElse();
        return place;
    }

    /// <summary>The full path of a file that a definition names.</summary>
    internal static string Local(string path, string? directory, string at) =>
        directory is not null ? Path.GetFullPath(path, directory) : throw new FormatException($"{at} is a path of this machine, which this definition cannot have.");

    private static Uri Address(DefinitionObject json, string advice) =>
        Uri.TryCreate(json.Required("url"), UriKind.Absolute, out var url) && url is { Scheme: "http" or "https", Host.Length: > 0, UserInfo: "", Query: "", Fragment: "" }
            ? url
            : throw new FormatException($"{json.Place("url")} must be a complete address that begins with http:// or https://, without user, ? and #.{advice}");
}
