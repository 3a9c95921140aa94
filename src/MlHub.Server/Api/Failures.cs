using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace MlHub.Server;

/// <summary>Reports all other failures in the form of the API: unknown routes, wrong methods, defects.</summary>
internal sealed class Failures(RequestLog log)
{
    public async Task TellAsync(HttpContext context, RequestDelegate next)
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
        catch (BadHttpRequestException refused) when (!context.Response.HasStarted)
        {
            context.Response.Clear();
            await new Failure(refused.StatusCode, refused.Message).ExecuteAsync(context).ConfigureAwait(false);
        }
        catch (Exception defect)
        {
            log.RequestFailed(defect);
            if (context.Response.HasStarted)
            {
                throw;
            }

            context.Response.Clear();
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }

        var response = context.Response;
        var isUntold = response.StatusCode is 404 or 405 or 500 && response is { HasStarted: false, ContentLength: null, ContentType: null };
        if (isUntold)
        {
            await new Failure(response.StatusCode, ReasonPhrases.GetReasonPhrase(response.StatusCode)).ExecuteAsync(context).ConfigureAwait(false);
        }
    }
}
