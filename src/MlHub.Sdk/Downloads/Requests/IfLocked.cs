namespace MlHub.Sdk;

/// <summary>What a download does if another process, or another download in this process, is downloading the same file.</summary>
public enum IfLocked
{
    /// <summary>
    /// Waits until the other download ends, and then checks the file. Usually the file is complete and nothing is left to do. This is the default.
    /// </summary>
    Wait,

    /// <summary>Fails immediately with a <see cref="DownloadException"/> whose reason is <see cref="DownloadFailure.Locked"/>.</summary>
    Fail,
}
