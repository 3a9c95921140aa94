namespace MlHub.Hub;

/// <summary>A file that a hub does not serve.</summary>
/// <param name="Path">Its path in the directory. For a file in a tarball, the path of the tarball, a colon, and the name in it.</param>
/// <param name="Reason">Why it is not served, as the rest of a sentence: <c>it is not JSON: line 3 is wrong</c>.</param>
public sealed record LeftOutFile(string Path, string Reason);
