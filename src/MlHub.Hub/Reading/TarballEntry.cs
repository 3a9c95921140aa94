namespace MlHub.Hub.Reading;

/// <summary>A file in a tarball.</summary>
/// <param name="Name">Its name, with slashes, and without a leading <c>./</c>.</param>
/// <param name="Offset">Where its bytes begin in the unpacked tarball.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Document">The STAC document. Null if it is another file.</param>
/// <param name="WhyNot">Why the file is left out. Null if it is not.</param>
internal sealed record TarballEntry(string Name, long Offset, long Length, StacDocument? Document, string? WhyNot);
