namespace MlHub.Sdk.Tests.Downloads;

/// <summary>Progress that is told at once, on the thread that tells it.</summary>
public sealed class InlineProgress(Action<DownloadProgress> report) : IProgress<DownloadProgress>
{
    public void Report(DownloadProgress value) => report(value);
}
