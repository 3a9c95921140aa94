namespace MlHub.Hub.Index;

/// <summary>An item of the index.</summary>
/// <param name="Name">Its id.</param>
/// <param name="Path">The file that it is in.</param>
/// <param name="Entry">The name in the tarball. Null if the file is not a tarball.</param>
/// <param name="Source">Where it was found.</param>
/// <param name="IsRegular">Whether the server can send the document as it is.</param>
/// <param name="Json">The bytes of the document.</param>
internal sealed record StoredItem(string Name, string Path, string? Entry, Source Source, bool IsRegular, byte[] Json);
