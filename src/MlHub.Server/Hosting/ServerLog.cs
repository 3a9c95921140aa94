using Microsoft.Extensions.Logging;

namespace MlHub.Server;

/// <summary>Logs what happens to the files that a server reads again.</summary>
internal sealed partial class ServerLog(ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger("MlHub.Server");

    [LoggerMessage(302, LogLevel.Information, "The keys file has changed: {Count} keys are accepted.")]
    public partial void KeysChanged(int count);

    [LoggerMessage(303, LogLevel.Warning, "The keys file has changed and cannot be used, so the former keys stay in use. {Problem}")]
    public partial void KeysNotChanged(string problem);

    [LoggerMessage(304, LogLevel.Information, "The certificate has changed. The new one expires at {Expires:u}.")]
    public partial void CertificateChanged(DateTimeOffset expires);

    [LoggerMessage(305, LogLevel.Warning, "The certificate has changed and cannot be used, so the former one stays in use. {Problem}")]
    public partial void CertificateNotChanged(string problem);
}
