namespace MlHub.Sdk.Assets.Fetching;

/// <summary>Passes on the progress of one file at once, on the thread that reports it.</summary>
internal sealed class FileProgress(Action<DownloadProgress> report) : IProgress<DownloadProgress>
{
    public void Report(DownloadProgress value) => report(value);
}
