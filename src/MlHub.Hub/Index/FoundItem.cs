namespace MlHub.Hub.Index;

/// <summary>An item that was found, and not read yet.</summary>
/// <param name="Id">Its number in the index.</param>
/// <param name="Collection">The number of its collection.</param>
/// <param name="Name">Its id.</param>
/// <param name="IsMet">Whether it meets the whole selection.</param>
internal readonly record struct FoundItem(long Id, long Collection, string Name, bool IsMet);
