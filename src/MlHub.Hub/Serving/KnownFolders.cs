namespace MlHub.Hub.Serving;

/// <summary>What is known about folders while one request is answered, so that each is looked at once.</summary>
internal sealed class KnownFolders
{
    private readonly Dictionary<string[], KnownFolder?> _folders = [];

    // Items that follow each other are often in the same folder.
    private string? _path;
    private string[] _above = [];
    private string[] _common = [];

    /// <summary>A folder that was looked for before by the same segments.</summary>
    internal bool TryGet(string[] segments, out KnownFolder? folder) => _folders.TryGetValue(segments, out folder);

    /// <summary>Keeps what was found by segments. Arrays are compared by reference, because most of them come from <see cref="FoldersOf"/>.</summary>
    internal void Add(string[] segments, KnownFolder? folder) => _folders.Add(segments, folder);

    /// <summary>The folder of a document, and the one beside it that has what several items share.</summary>
    internal (string[] Folder, string[] Common) FoldersOf(DocumentPlace place)
    {
        var isSame = _path is not null && place.Entry is null && place.Path.LastIndexOf('/') is var slash && slash == _path.LastIndexOf('/') && place.Path.AsSpan(0, slash + 1).SequenceEqual(_path.AsSpan(0, slash + 1));
        if (!isSame)
        {
            _path = place.Entry is null ? place.Path : null;
            _above = place.Folder;
            _common = _above.Length == 0 ? [] : [.. _above[..^1], LocalAssets.Common];
        }

        return (_above, _common);
    }
}
