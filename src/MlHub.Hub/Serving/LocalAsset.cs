namespace MlHub.Hub.Serving;

/// <summary>An asset whose file the hub knows.</summary>
/// <param name="Href">Its address: relative to the storage of the server, or absolute if another server has it.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="IsShared">Whether it lies outside the folder of its document, where several items may share it.</param>
internal sealed record LocalAsset(string Href, long Length, bool IsShared)
{
    /// <summary>The absolute address.</summary>
    /// <param name="storage">The address of the storage.</param>
    internal string AddressIn(Uri storage) => Href.Contains("://", StringComparison.Ordinal) ? Href : storage + Href;
}
