namespace MlHub.Hub.Serving;

/// <summary>An asset that the hub itself has.</summary>
/// <param name="Href">Its address relative to the storage of the server.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="IsShared">Whether it lies outside the folder of its document, where several items may share it.</param>
internal sealed record LocalAsset(string Href, long Length, bool IsShared);
