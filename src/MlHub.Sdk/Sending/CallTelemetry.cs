using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace MlHub.Sdk;

/// <summary>The trace and the metric of one API call. Disposing of it ends the call.</summary>
internal sealed class CallTelemetry : IDisposable
{
    private static readonly Histogram<double> Duration = MlHubTelemetry.Meter.CreateHistogram<double>(MlHubTelemetry.CallDuration, "s", "How long API calls took.");

    private readonly Activity? _activity;
    private readonly TimeProvider _clock;
    private readonly long _began;
    private TagList _tags;

    /// <param name="request">The request.</param>
    /// <param name="template">The template of its address, as the generated builders write it; null for a request of the caller's own.</param>
    /// <param name="scrub">Takes the key out of a host.</param>
    /// <param name="clock">The clock.</param>
    public CallTelemetry(HttpRequestMessage request, string? template, Func<string, string> scrub, TimeProvider clock)
    {
        (_clock, _began) = (clock, clock.GetTimestamp());
        _activity = MlHubTelemetry.Source.StartActivity(MlHubTelemetry.CallActivity, ActivityKind.Client);
        Add(MlHubTelemetry.MethodAttribute, request.Method.Method);
        Add(MlHubTelemetry.ServerAddressAttribute, scrub(request.RequestUri!.Host));
        Add(MlHubTelemetry.ServerPortAttribute, request.RequestUri.Port);
        if (PathOf(template) is { } path)
        {
            Add(MlHubTelemetry.TemplateAttribute, path);
            if (_activity is not null)
            {
                _activity.DisplayName = $"{request.Method.Method} {path}";
            }
        }
    }

    public void Failed(Exception error)
    {
        var status = (error as MlHubException)?.StatusCode;
        Add(MlHubTelemetry.ErrorTypeAttribute, status is { } code ? ((int)code).ToString(CultureInfo.InvariantCulture) : error.GetType().FullName);
        _activity?.SetStatus(ActivityStatusCode.Error);
    }

    public void Dispose()
    {
        Duration.Record(_clock.GetElapsedTime(_began).TotalSeconds, _tags);
        _activity?.Dispose();
    }

    private void Add(string name, object? value)
    {
        _tags.Add(name, value);
        _activity?.SetTag(name, value);
    }

    // {+baseurl}/datasets/{datasetId}{?tags*} is /datasets/{datasetId}.
    private static string? PathOf(string? template)
    {
        const string Root = "{+baseurl}";
        return template?.StartsWith(Root, StringComparison.Ordinal) != true ? null : template[Root.Length..].Split("{?")[0];
    }
}
