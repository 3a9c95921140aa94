using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace MlHub.Server;

/// <summary>Evaluates the conditions of a request, in the order of RFC 9110 §13.2.2.</summary>
internal static class Preconditions
{
    /// <summary>304 or 412 if a condition requires it, and null otherwise.</summary>
    public static int? Refuse(HttpRequest request, EntityTagHeaderValue etag, DateTimeOffset modified)
    {
        var (given, headers) = (request.Headers, request.GetTypedHeaders());
        if (given.IfMatch.Count > 0 ? !Matches(headers.IfMatch, etag, strongly: true) : headers.IfUnmodifiedSince < modified)
        {
            return StatusCodes.Status412PreconditionFailed;
        }

        return (given.IfNoneMatch.Count > 0 ? Matches(headers.IfNoneMatch, etag, strongly: false) : headers.IfModifiedSince >= modified)
            ? StatusCodes.Status304NotModified
            : null;
    }

    /// <summary>
    /// Whether a range may be sent: there is no If-Range, or it has the strong ETag or the exact time of the file (§13.1.5). Within two seconds after that time, the file may
    /// change again, so the time is not a strong validator yet (§8.8.2.2).
    /// </summary>
    public static bool AllowRange(HttpRequest request, EntityTagHeaderValue etag, DateTimeOffset modified, DateTimeOffset now) =>
        request.Headers.IfRange.Count == 0
        || (RangeConditionHeaderValue.TryParse(request.Headers.IfRange.ToString(), out var condition)
            && (condition.EntityTag is { } tag
                ? tag.Compare(etag, useStrongComparison: true)
                : condition.LastModified == modified && now - modified >= TimeSpan.FromSeconds(2)));

    private static bool Matches(IList<EntityTagHeaderValue> tags, EntityTagHeaderValue etag, bool strongly) =>
        tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(etag, strongly));
}
