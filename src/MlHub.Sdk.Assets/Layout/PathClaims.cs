namespace MlHub.Sdk.Assets.Layout;

/// <summary>Gives every owner a path of its own. About 50 bytes of memory are kept for each path.</summary>
internal sealed class PathClaims
{
    // The hash of a path, and that of its owner. Windows and macOS do not tell upper from lower case.
    private readonly Dictionary<UInt128, UInt128> _owners = [];

    /// <summary>Keeps a path, and the folders above it, from all owners.</summary>
    /// <param name="path">The path, with slashes.</param>
    internal void Reserve(string path)
    {
        for (var end = path.Length; end > 0; end = path.LastIndexOf('/', end - 1))
        {
            if (!_owners.TryAdd(HashOf(path[..end]), UInt128.Zero))
            {
                return;
            }
        }
    }

    /// <summary>The path, or one with digits of a hash if another owner has it. An owner that asks again gets the same path.</summary>
    /// <param name="path">The path, with slashes.</param>
    /// <param name="extension">The extension of the path, which comes after the digits.</param>
    /// <param name="owner">A text that only this owner has.</param>
    internal string Claim(string path, string extension, string owner)
    {
        var hash = AssetLayout.Hash(owner);
        var free = path;
        while (!_owners.TryAdd(HashOf(free), hash) && _owners[HashOf(free)] != hash)
        {
            free = AssetLayout.Tagged(path, free == path ? hash : AssetLayout.Hash(free), path.EndsWith(extension, StringComparison.Ordinal) ? extension : "");
        }

        return free;
    }

    private static UInt128 HashOf(string path) => AssetLayout.Hash(path.ToUpperInvariant());
}
