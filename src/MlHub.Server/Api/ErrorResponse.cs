using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace MlHub.Server;

/// <summary>An error response in the format of the service of 2022: <c>{"detail": "…"}</c>.</summary>
internal sealed class ErrorResponse(int status, string detail) : IResult
{
    public static ErrorResponse DoesNotExist(string kind, string id) => new(StatusCodes.Status404NotFound, $"{kind} {id} does not exist.");

    public Task ExecuteAsync(HttpContext httpContext) =>
        new JsonResponse(json => JsonSerializer.Serialize(json, new ErrorBody(detail), ApiJson.Default.ErrorBody), status: status).ExecuteAsync(httpContext);
}
