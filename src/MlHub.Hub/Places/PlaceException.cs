using System.Net;

namespace MlHub.Hub.Places;

/// <summary>A place could not be listed, or a file of it not be read. The message says why.</summary>
internal sealed class PlaceException(string message, HttpStatusCode? status = null, Exception? inner = null) : IOException(message, inner)
{
    internal HttpStatusCode? Status { get; } = status;

    /// <summary>Whether the server itself says that this file cannot be had.</summary>
    internal bool IsRefusal => Status is >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError and not (HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests);
}
