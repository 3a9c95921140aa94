namespace MlHub.Hub.Index;

/// <summary>A file of the directory, as the index knows it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Path">Its path in the directory, with slashes.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="Modified">The time of its last change, as ticks of UTC.</param>
/// <param name="Kind">What it is.</param>
internal sealed record IndexedFile(long Id, string Path, long Size, long Modified, FileKind Kind)
{
    /// <summary>Why it is left out.</summary>
    internal string? Reason { get; init; }

    /// <summary>The collection of an archive, or the dataset of the tarball of a catalogue.</summary>
    internal string? Subject { get; init; }

    internal byte[]? Md5 { get; init; }
}
