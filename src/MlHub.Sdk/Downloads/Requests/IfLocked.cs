namespace MlHub.Sdk;

/// <summary>What a download does when another process, or another download of this one, is at work on the same target.</summary>
public enum IfLocked
{
    /// <summary>It waits until the other is done, and then looks afresh: usually the file is there and nothing is left to do. The default.</summary>
    Wait,

    /// <summary>It fails at once with a <see cref="DownloadException"/> whose reason is <see cref="DownloadFailure.Locked"/>.</summary>
    Fail,
}
