namespace MlHub.Sdk.Downloads.Transfer;

/// <summary>What came of a transfer that is complete.</summary>
internal sealed record TransferOutcome(long Bytes, long ResumedFrom, int Spoilt, DownloadVerification Verified);
