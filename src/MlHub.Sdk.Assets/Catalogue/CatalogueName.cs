using System.Diagnostics.CodeAnalysis;
using MlHub.Sdk.Downloads.Files;

namespace MlHub.Sdk.Assets.Catalogue;

/// <summary>Makes the path of a file from its name in a tarball. The name is not trusted.</summary>
internal static class CatalogueName
{
    /// <summary>The path in the directory of the dataset, or why the entry is left out.</summary>
    /// <param name="name">The name in the tarball.</param>
    /// <param name="datasetId">The dataset. Its files usually lie in a folder of this name.</param>
    /// <param name="path">The path, with slashes.</param>
    /// <param name="whyNot">The reason, as the rest of a sentence.</param>
    internal static bool TryMakePath(string name, string datasetId, [NotNullWhen(true)] out string? path, [NotNullWhen(false)] out string? whyNot)
    {
        path = null;
        var parts = name.Split('/');
        whyNot = name.Length == 0 ? "it has no name"
            : name.Contains('\0', StringComparison.Ordinal) ? "its name contains a NUL"
            : name[0] is '/' or '\\' || (name.Length > 1 && name[1] == ':' && char.IsAsciiLetter(name[0])) ? "its name is an absolute path"
            : name.Contains("..", StringComparison.Ordinal) && name.Split('/', '\\').Contains("..") ? "its name leads out of the directory (..)"
            : name.Contains('\\', StringComparison.Ordinal) ? "its name contains a backslash"
            : IsOfMac(parts) ? "it is a file of macOS and not of the dataset"
            : !name.EndsWith(".json", StringComparison.OrdinalIgnoreCase) && !name.EndsWith(".geojson", StringComparison.OrdinalIgnoreCase) ? "it is not a JSON file"
            : null;
        if (whyNot is not null)
        {
            return false;
        }

        var used = Array.FindAll(parts, static part => part is not ("" or "."));
        var first = used.Length > 1 && used[0] == datasetId ? 1 : 0;
        for (var index = first; index < used.Length; index++)
        {
            var safe = SafeFileName.Make(used[index]);
            used[index] = index == first && AssetLayout.IsRecord(used[index]) ? $"_{safe}" : safe;
        }

        path = string.Join('/', used, first, used.Length - first);
        return true;
    }

    private static bool IsOfMac(string[] parts) => Array.Exists(parts, static part => part.StartsWith("._", StringComparison.Ordinal) || part is ".DS_Store" or "__MACOSX");
}
