namespace MlHub.Sdk.Assets.Rewriting;

/// <summary>Relative addresses between the files of a tree.</summary>
internal static class TreePaths
{
    /// <summary>The relative address of a file, as seen from another one.</summary>
    /// <param name="from">The path of the file that has the link, with slashes.</param>
    /// <param name="to">The path of the other file, in the same directory.</param>
    internal static string Relative(string from, string to)
    {
        var (own, other) = (from.Split('/'), to.Split('/'));
        var common = 0;
        while (common < own.Length - 1 && common < other.Length - 1 && own[common] == other[common])
        {
            common++;
        }

        return (own.Length - 1 == common ? "./" : string.Concat(Enumerable.Repeat("../", own.Length - 1 - common))) + string.Join('/', other[common..]);
    }

    /// <summary>The path that a relative address leads to; null if it leads out of the directory, or is not a plain path.</summary>
    internal static string? Resolve(string from, string href)
    {
        if (href.Length == 0 || href[0] == '/' || href.AsSpan().ContainsAny(":?#\\"))
        {
            return null;
        }

        var path = new List<string>(from.Split('/')[..^1]);
        foreach (var part in href.Split('/'))
        {
            if (part == ".." && path.Count == 0)
            {
                return null;
            }

            if (part == "..")
            {
                path.RemoveAt(path.Count - 1);
            }
            else if (part is not ("" or "."))
            {
                path.Add(part);
            }
        }

        return string.Join('/', path);
    }
}
