using Microsoft.Extensions.Logging;

namespace MlHub.Sdk;

/// <summary>The log messages of sending.</summary>
internal static partial class SendingLog
{
    [LoggerMessage(101, LogLevel.Warning, "Retrying a request ({Attempt} of {MaxRetries}) in {Seconds:0.0} s, after {Waited:0.0} s of waiting in all: {Reason}")]
    public static partial void RetryingCall(ILogger logger, int attempt, int maxRetries, double seconds, string reason, double waited);
}
