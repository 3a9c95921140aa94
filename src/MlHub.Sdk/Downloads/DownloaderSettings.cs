namespace MlHub.Sdk;

/// <summary>What all downloads of one downloader go by: its options, its clock and the wording of its errors.</summary>
internal sealed record DownloaderSettings(TransferOptions Transfer, TimeProvider TimeProvider, ErrorWording Wording);
