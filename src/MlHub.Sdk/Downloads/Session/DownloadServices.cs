using Microsoft.Extensions.Logging;
using MlHub.Sdk.Downloads.Remote;

namespace MlHub.Sdk.Downloads.Session;

/// <summary>The services that all downloads of one downloader share.</summary>
internal sealed record DownloadServices(RemoteAccess Access, ILogger Logger)
{
    internal TransferOptions Options => Access.Options;

    internal TimeProvider Time => Access.Time;
}
