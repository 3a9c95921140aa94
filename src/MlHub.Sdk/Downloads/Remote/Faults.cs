using MlHub.Sdk.Downloads.Pacing;

namespace MlHub.Sdk.Downloads.Remote;

/// <summary>Converts exceptions of HttpClient to faults.</summary>
internal static class Faults
{
    /// <summary>The fault for a connection that broke while a body was read.</summary>
    internal static Fault Broken(Uri where, Exception broken, Func<string, string> scrub) =>
        new(FaultKind.Passing, $"The connection broke: {scrub(ConnectionFault.Of(broken).Cause).TrimEnd('.')}.", where) { Cause = Harmless(broken, scrub) };

    /// <summary>The fault for a server that could not be reached, or whose response could not be read.</summary>
    internal static Fault Unreachable(Uri url, Exception broken, Func<string, string> scrub)
    {
        var connection = ConnectionFault.Of(broken, url);
        var cause = scrub(connection.IsLasting ? connection.CauseAt(url) : connection.Cause).TrimEnd('.');
        var where = RedactedUrl.Of(url);
        if (!connection.IsLasting)
        {
            return new Fault(FaultKind.Passing, $"The server could not be reached: {cause}.", where) { Cause = Harmless(broken, scrub) };
        }

        var message = $"{url.Authority} could not be reached: {cause}.{(connection.Advice is null ? string.Empty : $" {connection.Advice}")}";
        return new Fault(FaultKind.LastingUntilBytesArrive, message, where)
        {
            Cause = Harmless(broken, scrub),
            Error = new DownloadException(DownloadFailure.Network, message, Harmless(broken, scrub)) { RequestUrl = where },
        };
    }

    // The exception may contain text from the server, and a server may echo secrets. In that case it is not kept.
    private static Exception? Harmless(Exception broken, Func<string, string> scrub) => scrub(broken.ToString()) == broken.ToString() ? broken : null;
}
