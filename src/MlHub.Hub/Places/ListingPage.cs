namespace MlHub.Hub.Places;

/// <summary>A page of a listing.</summary>
/// <param name="Objects">The files on it.</param>
/// <param name="Next">The pages that it leads to: the next one, or the folders of a directory.</param>
internal sealed record ListingPage(IReadOnlyList<StoredObject> Objects, IReadOnlyList<Uri> Next);
