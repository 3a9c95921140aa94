using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Polly;

namespace MlHub.Sdk;

/// <summary>Configures the connections of an <see cref="MlHubClient"/> that <c>AddMlHubClient</c> has registered.</summary>
public sealed class MlHubClientBuilder
{
    private Action<ResiliencePipelineBuilder<HttpResponseMessage>, ResilienceHandlerContext>? _resilience;

    internal MlHubClientBuilder(IServiceCollection services, string name)
    {
        Services = services;
        Name = name;
        var suffix = name.Length == 0 ? "" : $":{name}";
        Api = Add($"MlHub.Sdk.Api{suffix}");
        Downloads = Add($"MlHub.Sdk.Downloads{suffix}");
        Api.AddHttpMessageHandler(() => new RejectionHandler());
        Api.AddResilienceHandler("MlHub", (pipeline, context) => (_resilience ?? DefaultResilience)(pipeline, context));
    }

    /// <summary>The services of the program.</summary>
    public IServiceCollection Services { get; }

    /// <summary>The name of the client's options, and the key of the keyed service. Empty for the client without a name.</summary>
    public string Name { get; }

    /// <summary>The section that the settings come from. Null if they come from code.</summary>
    internal string? Section { get; set; }

    /// <summary>The HTTP client of API calls.</summary>
    public IHttpClientBuilder Api { get; }

    /// <summary>The HTTP client of downloads. Do not add a handler that retries requests: the downloader requests the missing bytes itself.</summary>
    public IHttpClientBuilder Downloads { get; }

    /// <summary>Changes the HTTP clients of API calls and of downloads, for example their default headers.</summary>
    /// <param name="configure">Configures an HTTP client. It is called for each request, so it must be fast.</param>
    /// <returns>This builder.</returns>
    /// <remarks>Default headers with credentials are refused, because they would be sent to every host that the API redirects to. Set the root URL in the options.</remarks>
    public MlHubClientBuilder ConfigureHttpClient(Action<HttpClient> configure)
    {
        Api.ConfigureHttpClient(configure);
        Downloads.ConfigureHttpClient(configure);
        return this;
    }

    /// <summary>Adds a handler to API calls and to downloads. It receives each attempt, including the API key in the URL.</summary>
    /// <param name="create">Creates the handler.</param>
    /// <returns>This builder.</returns>
    public MlHubClientBuilder AddHttpMessageHandler(Func<IServiceProvider, DelegatingHandler> create)
    {
        Api.AddHttpMessageHandler(create);
        Downloads.AddHttpMessageHandler(create);
        return this;
    }

    /// <summary>Adds a handler from the services to API calls and to downloads. It receives each attempt, including the API key in the URL.</summary>
    /// <typeparam name="THandler">The handler, registered as a transient service.</typeparam>
    /// <returns>This builder.</returns>
    public MlHubClientBuilder AddHttpMessageHandler<THandler>()
        where THandler : DelegatingHandler =>
        AddHttpMessageHandler(provider => provider.GetRequiredService<THandler>());

    /// <summary>Replaces the retries and the timeout of API calls. Downloads are not affected: they have their own rules (<see cref="TransferOptions"/>).</summary>
    /// <remarks>By default, calls are retried as <see cref="TransferOptions"/> says. With a pipeline of your own, <see cref="TransferOptions.ResponseTimeout"/> and the retry options apply only to downloads.</remarks>
    /// <param name="configure">Builds the pipeline. An empty pipeline has no retries and no timeout.</param>
    /// <returns>This builder.</returns>
    /// <example>
    /// <code>
    /// services.AddMlHubClient().AddResilience((pipeline, _) => pipeline
    ///     .AddRetry(new HttpRetryStrategyOptions { MaxRetryAttempts = 2 })
    ///     .AddTimeout(TimeSpan.FromSeconds(10)));
    /// </code>
    /// </example>
    public MlHubClientBuilder AddResilience(Action<ResiliencePipelineBuilder<HttpResponseMessage>, ResilienceHandlerContext> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        _resilience = configure;
        return this;
    }

    private void DefaultResilience(ResiliencePipelineBuilder<HttpResponseMessage> pipeline, ResilienceHandlerContext context)
    {
        var transfer = context.GetOptions<MlHubClientOptions>(Name).Transfer;
        var clock = context.ServiceProvider.GetService<TimeProvider>() ?? TimeProvider.System;
        pipeline.TimeProvider = clock;

        // Its log messages would quote invalid responses, and these may repeat the key.
        pipeline.ConfigureTelemetry(NullLoggerFactory.Instance);
        if (transfer.MaxRetries > 0)
        {
            pipeline.AddRetry(ApiRetry.Options(transfer, clock, static call => call.GetRequestMessage()));
        }

        pipeline.AddTimeout(ApiRetry.AtMostADay(transfer.ResponseTimeout));
    }

    private IHttpClientBuilder Add(string httpName)
    {
        var http = Services.AddHttpClient(httpName)

            // The client has its own time-outs, and the log messages of the factory would contain URLs.
            .ConfigureHttpClient(client => client.Timeout = Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers()
            .ConfigurePrimaryHttpMessageHandler(provider =>
                MlHubHandler.Create(provider.GetRequiredService<IOptionsMonitor<MlHubClientOptions>>().Get(Name).Transfer));
        Services.PostConfigure<HttpClientFactoryOptions>(httpName, options => options.HttpMessageHandlerBuilderActions.Add(
            handlers => HandlerRules.Require(handlers.PrimaryHandler, httpName)));
        return http;
    }
}
