using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace MlHub.Server;

/// <summary>A failure in the form of the service of 2022: <c>{"detail": "…"}</c>.</summary>
internal sealed class FailureResult(int status, string detail) : IActionResult
{
    private readonly JsonAnswer _answer = new(
        writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("detail", detail);
            writer.WriteEndObject();
        },
        status: status);

    public static FailureResult DoesNotExist(string kind, string id) => new(404, $"{kind} {id} does not exist.");

    public Task ExecuteResultAsync(ActionContext context) => _answer.ExecuteResultAsync(context);

    public Task WriteAsync(HttpContext context) => _answer.WriteAsync(context);
}
