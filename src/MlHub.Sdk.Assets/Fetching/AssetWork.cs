using MlHub.Sdk.Assets.Record;

namespace MlHub.Sdk.Assets.Fetching;

/// <summary>A file to fetch.</summary>
/// <param name="Row">The asset.</param>
/// <param name="Url">The address to ask now.</param>
/// <param name="Others">The addresses of the same file that have not been asked, in order.</param>
/// <param name="Attempts">The attempts with this address that failed.</param>
internal sealed record AssetWork(AssetRow Row, Uri Url, IReadOnlyList<Uri> Others, int Attempts)
{
    /// <summary>The file from the next address. Null if there is none.</summary>
    internal AssetWork? FromNextAddress() => Others.Count == 0 ? null : new AssetWork(Row, Others[0], [.. Others.Skip(1)], Attempts: 0);
}
