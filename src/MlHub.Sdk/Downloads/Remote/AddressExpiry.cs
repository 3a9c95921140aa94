using System.Net;

namespace MlHub.Sdk.Downloads.Remote;

/// <summary>An address that a redirect gave earlier is refused now, as signed addresses are when their time is up.</summary>
internal sealed class AddressExpiry(HttpStatusCode status) : Exception($"The address is refused now ({(int)status}).")
{
    internal HttpStatusCode Status { get; } = status;
}
