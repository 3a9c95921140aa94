namespace MlHub.Sdk.Tests.Downloads;

/// <summary>Progress that is reported immediately, on the reporting thread.</summary>
public sealed class InlineProgress(Action<DownloadProgress> report) : IProgress<DownloadProgress>
{
    public void Report(DownloadProgress value) => report(value);
}
