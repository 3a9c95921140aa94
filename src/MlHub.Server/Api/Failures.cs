using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace MlHub.Server;

/// <summary>Tells every failure that nothing else has words for in the API's form: unknown routes, wrong methods, defects.</summary>
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
            // The client has gone: there is nobody to tell.
            return;
        }
        catch (BadHttpRequestException refused) when (!context.Response.HasStarted)
        {
            context.Response.Clear();
            await new Failure(refused.StatusCode, refused.Message).ExecuteAsync(context).ConfigureAwait(false);
        }
        catch (Exception defect) when (!context.Response.HasStarted)
        {
            log.Failed(defect);
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
