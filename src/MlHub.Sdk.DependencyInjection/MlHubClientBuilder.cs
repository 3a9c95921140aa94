using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using Polly;

namespace MlHub.Sdk;

/// <summary>Adjusts the connections of an <see cref="MlHubClient"/> that <c>AddMlHubClient</c> has registered.</summary>
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

    /// <summary>The container.</summary>
    public IServiceCollection Services { get; }

    /// <summary>The name of the client's options, and its key if it is a keyed service. Empty for the client that is not.</summary>
    public string Name { get; }

    /// <summary>The HTTP client of API calls.</summary>
    public IHttpClientBuilder Api { get; }

    /// <summary>The HTTP client of downloads. A handler that repeats requests has no place in it: the downloader repeats what is missing.</summary>
    public IHttpClientBuilder Downloads { get; }

    /// <summary>Changes the HTTP clients of API calls and of downloads, for example their default headers.</summary>
    /// <param name="configure">Changes an HTTP client. It is called for each request, so it must be fast.</param>
    /// <returns>This builder.</returns>
    /// <remarks>Credentials among the default headers are refused, because they would go to every host that the API redirects to. The root URL is an option.</remarks>
    public MlHubClientBuilder ConfigureHttpClient(Action<HttpClient> configure)
    {
        Api.ConfigureHttpClient(configure);
        Downloads.ConfigureHttpClient(configure);
        return this;
    }

    /// <summary>Adds a handler to API calls and to downloads. It sees each attempt, with the key in its address.</summary>
    /// <param name="create">Creates the handler.</param>
    /// <returns>This builder.</returns>
    public MlHubClientBuilder AddHttpMessageHandler(Func<IServiceProvider, DelegatingHandler> create)
    {
        Api.AddHttpMessageHandler(create);
        Downloads.AddHttpMessageHandler(create);
        return this;
    }

    /// <summary>Adds a handler from the container to API calls and to downloads. It sees each attempt, with the key in its address.</summary>
    /// <typeparam name="THandler">The handler, registered as a transient service.</typeparam>
    /// <returns>This builder.</returns>
    public MlHubClientBuilder AddHttpMessageHandler<THandler>()
        where THandler : DelegatingHandler =>
        AddHttpMessageHandler(provider => provider.GetRequiredService<THandler>());

    /// <summary>Replaces what repeats API calls and limits their time. Downloads are not affected: they have rules of their own (<see cref="TransferOptions"/>).</summary>
    /// <remarks>Without it, a call is repeated as <see cref="TransferOptions"/> says. After it, <see cref="TransferOptions.ResponseTimeout"/> and the retries count for downloads only.</remarks>
    /// <param name="configure">Builds the pipeline. An empty one neither repeats nor limits.</param>
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
        if (transfer.MaxRetries > 0)
        {
            pipeline.AddRetry(ApiRetry.Options(transfer, clock, static call => call.GetRequestMessage()));
        }

        pipeline.AddTimeout(ApiRetry.AtMostADay(transfer.ResponseTimeout));
    }

    private IHttpClientBuilder Add(string httpName)
    {
        var http = Services.AddHttpClient(httpName)

            // The client has time limits of its own, and the factory's log messages have addresses in them.
            .ConfigureHttpClient(client => client.Timeout = Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers()
            .ConfigurePrimaryHttpMessageHandler(provider =>
                MlHubHandler.Create(provider.GetRequiredService<IOptionsMonitor<MlHubClientOptions>>().Get(Name).Transfer));
        Services.PostConfigure<HttpClientFactoryOptions>(httpName, options => options.HttpMessageHandlerBuilderActions.Add(
            handlers => HandlerRules.Require(handlers.PrimaryHandler, httpName)));
        return http;
    }
}
