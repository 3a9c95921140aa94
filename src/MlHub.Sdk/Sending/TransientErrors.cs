using System.Net;

namespace MlHub.Sdk;

/// <summary>The statuses after which a retry may succeed, for API calls and downloads.</summary>
internal static class TransientErrors
{
    /// <summary>Statuses that depend on the moment and not on the request.</summary>
    internal static bool Include(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError
            or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;
}
