using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace MlHub.Sandbox;

/// <summary>Records incoming requests, without their keys.</summary>
internal sealed class RequestRecorder
{
    // Limited, because a sandbox may run for weeks.
    private const int MaxRequests = 10_000;

    private static readonly string[] WithSecrets = ["Authorization", "Proxy-Authorization", "Cookie"];

    private readonly Queue<SandboxRequest> _requests = new();

    public IReadOnlyList<SandboxRequest> All
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests];
            }
        }
    }

    public Task RecordAsync(HttpContext context, RequestDelegate next)
    {
        var request = Describe(context);
        lock (_requests)
        {
            _requests.Enqueue(request);
            if (_requests.Count > MaxRequests)
            {
                _requests.Dequeue();
            }
        }

        return next(context);
    }

    private static SandboxRequest Describe(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?', 2);
        string[] parameters = target is [_, { Length: > 0 } query] ? query.Split('&') : [];
        var headers = context.Request.Headers;
        var kept = parameters.Where(parameter => !IsKey(parameter)).ToArray();
        return new SandboxRequest
        {
            Method = context.Request.Method,
            Path = target[0],
            Query = kept.Length > 0 ? "?" + string.Join('&', kept) : "",
            Headers = headers.Where(header => !WithSecrets.Contains(header.Key, StringComparer.OrdinalIgnoreCase))
                .ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            HasKey = kept.Length < parameters.Length || headers.Authorization.Count > 0,
        };
    }

    private static bool IsKey(string parameter) => Uri.UnescapeDataString(parameter.Split('=')[0]).Equals("key", StringComparison.OrdinalIgnoreCase);
}
