using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace MlHub.Server;

/// <summary>A failure in the form of the service of 2022: <c>{"detail": "…"}</c>.</summary>
internal sealed class Failure(int status, string detail) : IResult
{
    public static Failure DoesNotExist(string kind, string id) => new(StatusCodes.Status404NotFound, $"{kind} {id} does not exist.");

    public Task ExecuteAsync(HttpContext httpContext) =>
        new JsonAnswer(json => JsonSerializer.Serialize(json, new FailureBody(detail), ApiJson.Default.FailureBody), status: status).ExecuteAsync(httpContext);
}
