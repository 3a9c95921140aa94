using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace MlHub.Server;

/// <summary>The endpoints of a contract. The generated contract adds an endpoint for each operation of the description.</summary>
/// <param name="routes">Where the endpoints are added.</param>
/// <param name="keys">The keys for operations that require one.</param>
/// <param name="serve">Creates the object that serves one request.</param>
internal sealed class ApiEndpoints<TContract>(IEndpointRouteBuilder routes, ApiKeys keys, Func<HttpContext, TContract> serve)
{
    // Whatever a HEAD of the description does comes before this.
    private const int AfterTheDescription = 1;

    public void Add(string method, string path, bool needsKey, Func<TContract, ApiRequest, Task<IResult>> operation)
    {
        routes.MapMethods(path, [method], RespondAsync);
        if (method == HttpMethods.Get)
        {
            // RFC 9110 §9.1: a server supports HEAD wherever it supports GET.
            routes.MapMethods(path, [HttpMethods.Head], RespondAsync).Add(endpoint => ((RouteEndpointBuilder)endpoint).Order = AfterTheDescription);
        }

        async Task RespondAsync(HttpContext context)
        {
            var result = needsKey && keys.Refuse(context.Request) is { } error
                ? WithChallenge(context, error)
                : await operation(serve(context), new ApiRequest(context)).ConfigureAwait(false);
            await result.ExecuteAsync(context).ConfigureAwait(false);
        }
    }

    // RFC 9110 §11.6.1: a 401 names the schemes that the server accepts.
    private static ErrorResponse WithChallenge(HttpContext context, ErrorResponse error)
    {
        context.Response.Headers[HeaderNames.WWWAuthenticate] = "Bearer";
        return error;
    }
}
