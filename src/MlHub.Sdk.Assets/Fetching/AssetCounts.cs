namespace MlHub.Sdk.Assets.Fetching;

/// <summary>What has become of the selected files so far.</summary>
internal sealed class AssetCounts
{
    private long _downloaded;
    private long _alreadyThere;
    private long _failed;
    private long _bytes;

    internal long Selected { get; set; }

    internal long Downloaded => Interlocked.Read(ref _downloaded);

    internal long AlreadyThere => Interlocked.Read(ref _alreadyThere);

    internal long Failed => Interlocked.Read(ref _failed);

    /// <summary>The bytes of the downloaded files.</summary>
    internal long Bytes => Interlocked.Read(ref _bytes);

    internal void Add(OneAssetEnd end)
    {
        if (end.WasThere)
        {
            AddThere();
            return;
        }

        Interlocked.Add(ref _bytes, end.Bytes);
        Interlocked.Increment(ref _downloaded);
    }

    internal void AddThere() => Interlocked.Increment(ref _alreadyThere);

    internal void AddFailed() => Interlocked.Increment(ref _failed);

    internal AssetsProgress ToProgress(DownloadProgress? file) => new() { Selected = Selected, Complete = Downloaded + AlreadyThere, Failed = Failed, Bytes = Bytes, File = file };
}
