namespace MlHub.Sdk;

/// <summary>What a download does if another process, or another download of this process, works on the same file.</summary>
public enum IfLocked
{
    /// <summary>It waits until the other is done, and then looks again. Usually the file is there and nothing is left to do. The default.</summary>
    Wait,

    /// <summary>It fails at once with a <see cref="DownloadException"/> whose reason is <see cref="DownloadFailure.Locked"/>.</summary>
    Fail,
}
