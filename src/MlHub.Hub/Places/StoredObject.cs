namespace MlHub.Hub.Places;

/// <summary>A file of a place, as a listing tells it.</summary>
/// <param name="Key">What its key has after the prefix of the place.</param>
/// <param name="Size">Its length in bytes. -1 if the listing does not say it.</param>
/// <param name="Version">Its ETag or, if the listing has none, its time and size. It differs if the file was changed. Empty if the listing has neither.</param>
/// <param name="Modified">The time of its last change, as ticks of UTC. 0 if it is not known.</param>
internal sealed record StoredObject(string Key, long Size, string Version, long Modified);
