namespace MlHub.Hub.Serving;

/// <summary>What is known about folders while one request is answered, so that each is looked at once.</summary>
internal sealed class KnownFolders
{
    private readonly Dictionary<string, bool> _folders = new(StringComparer.Ordinal);

    /// <summary>Whether a folder may be served.</summary>
    /// <param name="path">Its full path.</param>
    /// <param name="look">Looks at it.</param>
    internal bool Check(string path, Func<string, bool> look)
    {
        if (!_folders.TryGetValue(path, out var isServed))
        {
            _folders.Add(path, isServed = look(path));
        }

        return isServed;
    }
}
