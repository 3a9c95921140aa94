using Microsoft.AspNetCore.Http;

namespace MlHub.Server;

/// <summary>
/// Refuses requests for another host: links repeat the host that a request names, and a page in a browser can have a name of its own point to this machine.
/// </summary>
internal sealed class KnownHosts(IEnumerable<string> hosts)
{
    private readonly HashSet<string> _hosts = new(hosts.Concat(["127.0.0.1", "localhost", "[::1]"]), StringComparer.OrdinalIgnoreCase);

    public Task CheckAsync(HttpContext context, RequestDelegate next) =>
        _hosts.Contains(context.Request.Host.Host)
            ? next(context)
            : new Failure(StatusCodes.Status421MisdirectedRequest, "This server does not answer for the host that the request names.").ExecuteAsync(context);
}
