using MlHub.Sdk.Downloads.Pacing;

namespace MlHub.Sdk.Downloads.Remote;

/// <summary>Turns what HttpClient throws into faults.</summary>
internal static class Faults
{
    /// <summary>A connection that broke while a body was read.</summary>
    internal static Fault Broken(Uri where, Exception broken, Func<string, string> scrub) =>
        new(FaultKind.Passing, $"The connection broke: {scrub(broken.Message).TrimEnd('.')}.", where) { Cause = Harmless(broken, scrub) };

    /// <summary>A server that could not be asked, or whose answer could not be read.</summary>
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
        return new Fault(FaultKind.LastingUntilBytesCame, message, where)
        {
            Cause = Harmless(broken, scrub),
            Error = new DownloadException(DownloadFailure.Network, message, Harmless(broken, scrub)) { RequestUrl = where },
        };
    }

    // The cause tells all that a server wrote, and a server may echo secrets. Then it is not kept.
    private static Exception? Harmless(Exception broken, Func<string, string> scrub) => scrub(broken.ToString()) == broken.ToString() ? broken : null;
}
