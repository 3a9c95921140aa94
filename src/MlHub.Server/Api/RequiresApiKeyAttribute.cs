using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace MlHub.Server;

/// <summary>
/// Requires an accepted key, as the query parameter <c>key</c> or as a Bearer token. The contract puts this on the operations
/// that need a key according to the description.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequiresApiKeyAttribute : Attribute, IAuthorizationFilter
{
    private const string BearerPrefix = "Bearer ";

    public void OnAuthorization(AuthorizationFilterContext context)
    {
        var request = context.HttpContext.Request;
        List<string> given = [.. request.Query["key"].OfType<string>().Where(key => key.Length > 0), .. BearerTokens(request.Headers.Authorization)];
        if (given.Count == 0)
        {
            context.Result = new FailureResult(401, "Must provide API key or Bearer token to access this route.");
        }
        else if (!given.TrueForAll(context.HttpContext.RequestServices.GetRequiredService<ApiKeys>().Contains))
        {
            // A client that follows a next link may send its key twice. Two different keys are refused, and the answer does not tell which one is good.
            context.Result = new FailureResult(401, "Could not identify user from API key or Authentication header.");
        }

        if (context.Result is not null)
        {
            // RFC 9110 §11.6.1: a 401 names the schemes that the server accepts.
            context.HttpContext.Response.Headers[HeaderNames.WWWAuthenticate] = "Bearer";
        }
    }

    private static IEnumerable<string> BearerTokens(IEnumerable<string?> headers) => headers.OfType<string>()
        .Where(header => header.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase))
        .Select(header => header[BearerPrefix.Length..].Trim());
}
