using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace MlHub.Server;

/// <summary>Reports all other errors in the format of the API: unknown routes, wrong methods and unexpected exceptions.</summary>
internal sealed class ErrorHandling(RequestLog log)
{
    public async Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has closed the connection.
            return;
        }
        catch (BadHttpRequestException badRequest) when (!context.Response.HasStarted)
        {
            context.Response.Clear();
            await new ErrorResponse(badRequest.StatusCode, badRequest.Message).ExecuteAsync(context).ConfigureAwait(false);
        }
        catch (HubUnavailableException unavailable) when (!context.Response.HasStarted)
        {
            log.RequestFailed(unavailable);
            context.Response.Clear();
            await Health.UnavailableAsync(context, "The hub cannot answer now. Try again later.").ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            log.RequestFailed(exception);
            if (context.Response.HasStarted)
            {
                throw;
            }

            context.Response.Clear();
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }

        var response = context.Response;
        var hasNoBody = response.StatusCode is 404 or 405 or 500 && response is { HasStarted: false, ContentLength: null, ContentType: null };
        if (hasNoBody)
        {
            await new ErrorResponse(response.StatusCode, ReasonPhrases.GetReasonPhrase(response.StatusCode)).ExecuteAsync(context).ConfigureAwait(false);
        }
    }
}
