using MlHub.Sdk.Downloads.Pacing;
using MlHub.Sdk.Downloads.Planning;
using MlHub.Sdk.Downloads.Remote;
using MlHub.Sdk.Downloads.Reporting;

namespace MlHub.Sdk.Downloads.Session;

/// <summary>Gets the length of a remote file without downloading or storing it.</summary>
internal sealed class SizeQuestion : IDisposable
{
    private readonly DownloadServices _services;
    private readonly RemoteFile _remote;
    private readonly Retries _retries;

    internal SizeQuestion(DownloadRequest request, DownloadServices services)
    {
        _services = services;
        var where = RedactedUrl.Of(request.Url);
        _remote = new RemoteFile(request, services, () => DownloadLog.AddressExpired(services.Logger, where));
        _retries = new Retries(services.Options, services.Time, (fault, delay) => DownloadLog.RetryingDownload(services.Logger, fault.Message, where, delay));
    }

    /// <summary>The size in bytes. Null if the server does not report it.</summary>
    internal async Task<long?> AskAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            using var round = await _retries.AskAsync(cancellationToken).ConfigureAwait(false);
            var reply = await _remote.OpenAsync(_ => new RangeRequest(new ByteRange(0, 1), null), cancellationToken).ConfigureAwait(false);
            if (reply.IsResponse)
            {
                using var response = reply.Response;

                // The length of a compressed body is not that of the file.
                return response.Codings.Count > 0 ? null : response.Identity.Length;
            }

            TryAgain(reply.Fault, round);
        }
    }

    public void Dispose()
    {
        _retries.Dispose();
        _remote.Dispose();
    }

    private void TryAgain(Fault fault, Retries.Round round)
    {
        if (fault is { Error: not null, Kind: FaultKind.Lasting or FaultKind.LastingUntilBytesArrive })
        {
            throw fault.Error;
        }

        if (fault.IsOverload)
        {
            _remote.HostOf(fault).Overloaded(round.BegunAt, _services.Time.GetTimestamp());
        }

        _retries.Failed(round, fault);
    }
}
