namespace MlHub.Server;

/// <summary>A value that is read from files, and read again after one of them has changed.</summary>
/// <remarks>
/// The files are compared on each use, by their times and lengths. That takes microseconds, needs no watcher, and works for links whose target changes, as in
/// Kubernetes. If the files cannot be used, the former value stays in use.
/// </remarks>
internal sealed class WatchedFiles<T>
{
    private readonly string[] _paths;
    private readonly Func<T> _read;
    private readonly Action<T> _changed;
    private readonly Action<Exception> _failed;
    private readonly Lock _lock = new();
    private (DateTime, long)[] _state;
    private T _current;

    /// <param name="paths">The files.</param>
    /// <param name="read">Reads them. It throws <see cref="InvalidDataException"/> if they cannot be used.</param>
    /// <param name="changed">Is told about each new value, but not about the first one.</param>
    /// <param name="failed">Is told why a new value cannot be used. It is called once for each change.</param>
    /// <exception cref="InvalidDataException">The files cannot be used.</exception>
    public WatchedFiles(IEnumerable<string> paths, Func<T> read, Action<T> changed, Action<Exception> failed)
    {
        (_paths, _read, _changed, _failed) = ([.. paths], read, changed, failed);

        // A change between these two lines is seen at the next use.
        _state = StateOfFiles();
        _current = read();
    }

    public T Current
    {
        get
        {
            lock (_lock)
            {
                var state = StateOfFiles();
                if (!state.AsSpan().SequenceEqual(_state))
                {
                    _state = state;
                    Read();
                }

                return _current;
            }
        }
    }

    private void Read()
    {
        try
        {
            _current = _read();
            _changed(_current);
        }
        catch (InvalidDataException error)
        {
            _failed(error);
        }
    }

    private (DateTime, long)[] StateOfFiles() => [.. _paths.Select(StateOf)];

    // The time at a path is that of the link and not of its target. The file is not opened: that would wait for ever if it has become a pipe.
    private static (DateTime, long) StateOf(string path)
    {
        try
        {
            var file = File.ResolveLinkTarget(path, returnFinalTarget: true) as FileInfo ?? new FileInfo(path);
            return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return default;
        }
    }
}
