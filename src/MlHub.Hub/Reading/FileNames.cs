using System.Text.Json;

namespace MlHub.Hub.Reading;

/// <summary>What the name of a file says about it.</summary>
internal static class FileNames
{
    internal const string Tarball = ".tar.gz";
    internal const string Catalog = "catalog.json";
    internal const string Collection = "collection.json";

    /// <summary>The folder in which the hub keeps its own files.</summary>
    internal const string Own = ".mlhub";

    // What the SDK, the Python client, curl, aria2, wget and browsers write while they download.
    private static readonly string[] Unfinished = [".mlhub-part", ".mlhub-journal", ".mlhub-journal-new", ".mlhub-lock", ".part", ".partial", ".aria2", ".crdownload", ".download", ".tmp"];

    /// <summary>Why a file is not served, from its name. Null if its name says nothing against it.</summary>
    internal static string? WhyNot(string name) =>
        name.StartsWith("._", StringComparison.Ordinal) || name is ".DS_Store" or "__MACOSX" ? "it is a file of macOS, not of a dataset"
        : name[0] == '.' ? "it is hidden: its name begins with a dot"
        : Array.Exists(Unfinished, suffix => name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)) || name.Contains(".mlhub-", StringComparison.Ordinal) ? "it belongs to a download that is not finished: run the download again"
        : null;

    /// <summary>Why a file in a tarball is not served, from its name there.</summary>
    internal static string? WhyNotIn(string name)
    {
        var parts = name.Split('/');
        return name.Length == 0 ? "it has no name"
            : name[0] == '/' || name.Contains('\\', StringComparison.Ordinal) || name.Contains('\0', StringComparison.Ordinal) || Array.Exists(parts, part => part is "" or "." or "..") ? "its name leads out of the tarball"
            : parts.Select(WhyNot).FirstOrDefault(reason => reason is not null);
    }

    internal static bool MayBeStac(string name) =>
        name.EndsWith(".json", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".geojson", StringComparison.OrdinalIgnoreCase);

    internal static string NotJson(JsonException error) => error.LineNumber is { } line ? $"it is not JSON: line {line + 1} is wrong" : error.Message;
}
