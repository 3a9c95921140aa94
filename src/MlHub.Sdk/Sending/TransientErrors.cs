using System.Net;

namespace MlHub.Sdk;

/// <summary>What may go well when it is tried again, for calls and downloads alike.</summary>
internal static class TransientErrors
{
    /// <summary>Statuses that speak of the moment and not of the request.</summary>
    internal static bool Include(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError
            or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;
}
