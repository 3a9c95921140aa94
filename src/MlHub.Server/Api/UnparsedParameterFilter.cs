using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Filters;

namespace MlHub.Server;

/// <summary>Refuses a request whose parameters do not parse.</summary>
internal sealed class UnparsedParameterFilter : IActionFilter
{
    public void OnActionExecuting(ActionExecutingContext context)
    {
        if (!context.ModelState.IsValid)
        {
            var (name, entry) = context.ModelState.First(pair => pair.Value!.Errors.Count > 0);
            context.Result = new FailureResult(StatusCodes.Status400BadRequest, $"{name}: {entry!.Errors[0].ErrorMessage}");
        }
    }

    public void OnActionExecuted(ActionExecutedContext context)
    {
    }
}
