using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace MlHub.Server;

/// <summary>The endpoints of a contract. The generated contract adds one for each operation of the description.</summary>
/// <param name="routes">Where the endpoints are added.</param>
/// <param name="keys">The keys that open operations behind a key.</param>
/// <param name="serve">Makes what serves one request.</param>
internal sealed class ApiEndpoints<TContract>(IEndpointRouteBuilder routes, ApiKeys keys, Func<HttpContext, TContract> serve)
{
    public void Add(string method, string path, bool needsKey, Func<TContract, ApiRequest, Task<IResult>> operation) =>
        routes.MapMethods(path, [method], async context =>
        {
            var answer = needsKey && keys.Refuse(context.Request) is { } refusal
                ? WithChallenge(context, refusal)
                : await operation(serve(context), new ApiRequest(context)).ConfigureAwait(false);
            await answer.ExecuteAsync(context).ConfigureAwait(false);
        });

    // RFC 9110 §11.6.1: a 401 names the schemes that the server accepts.
    private static Failure WithChallenge(HttpContext context, Failure refusal)
    {
        context.Response.Headers[HeaderNames.WWWAuthenticate] = "Bearer";
        return refusal;
    }
}
