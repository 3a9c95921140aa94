using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace MlHub.Server;

/// <summary>
/// Responds to probes: <c>/healthz</c> if the process serves requests, <c>/readyz</c> if the hub can be used. Probes need no key, and may use any host, because load balancers use addresses.
/// </summary>
/// <param name="hub">The hub. Until it is open, all other requests get a 503.</param>
/// <param name="log">The log for failures of the hub.</param>
internal sealed class Health(Task<IHub> hub, RequestLog log)
{
    private const string Starting = "The hub is being opened. Try again later.";
    private const string Broken = "The hub cannot be used. The log of the server says why.";
    private const string SecondsToWait = "5";

    public static bool IsProbe(HttpRequest request) => request.Path.Value is "/healthz" or "/readyz";

    public async Task RespondAsync(HttpContext context, RequestDelegate next)
    {
        if (!IsProbe(context.Request) || !(HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)))
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        context.Response.Headers.CacheControl = "no-store";
        await (context.Request.Path.Value == "/readyz" && await FindProblemAsync(context.RequestAborted).ConfigureAwait(false) is { } problem
            ? UnavailableAsync(context, problem)
            : new JsonResponse(WriteOk).ExecuteAsync(context)).ConfigureAwait(false);
    }

    /// <summary>Refuses requests until the hub is open.</summary>
    public Task RequireHubAsync(HttpContext context, RequestDelegate next) =>
        hub.IsCompletedSuccessfully ? next(context) : UnavailableAsync(context, hub.IsCompleted ? Broken : Starting);

    // The key is not in any hub, and is looked up in the index of each.
    private async Task<string?> FindProblemAsync(CancellationToken cancellationToken)
    {
        if (!hub.IsCompletedSuccessfully)
        {
            return hub.IsCompleted ? Broken : Starting;
        }

        try
        {
            var open = await hub.ConfigureAwait(false);
            await open.FindDatasetAsync("", cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            log.RequestFailed(error);
            return Broken;
        }
    }

    /// <summary>Responds with 503, and says when to try again.</summary>
    public static Task UnavailableAsync(HttpContext context, string reason)
    {
        context.Response.Headers.RetryAfter = SecondsToWait;
        return new ErrorResponse(StatusCodes.Status503ServiceUnavailable, reason).ExecuteAsync(context);
    }

    private static void WriteOk(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("status", "ok");
        json.WriteEndObject();
    }
}
