using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using MlHub.Sdk;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers an <see cref="MlHubClient"/> as a service.</summary>
public static class MlHubClientServiceCollectionExtensions
{
    /// <summary>The section of the configuration that <see cref="AddMlHubClient(IServiceCollection)"/> reads: <c>MlHub</c>.</summary>
    public const string DefaultSection = "MlHub";

    /// <summary>Adds an <see cref="MlHubClient"/>. Its settings are in the section <c>MlHub</c> of the configuration, if there is one.</summary>
    /// <remarks>
    /// The client is a singleton. Its HTTP clients come from <c>IHttpClientFactory</c>: one for API calls, one for downloads. The settings are checked when the host starts.
    /// </remarks>
    /// <param name="services">The services of the program.</param>
    /// <returns>A builder for the client's connections.</returns>
    public static MlHubClientBuilder AddMlHubClient(this IServiceCollection services) =>
        services.Add(Options.Options.DefaultName).Bind(DefaultSection, provider => provider.GetService<IConfiguration>()?.GetSection(DefaultSection));

    /// <summary>Adds an <see cref="MlHubClient"/> with settings from code.</summary>
    /// <param name="services">The services of the program.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>A builder for the client's connections.</returns>
    public static MlHubClientBuilder AddMlHubClient(this IServiceCollection services, Action<MlHubClientOptions> configure) =>
        services.AddMlHubClient(Options.Options.DefaultName, configure);

    /// <summary>Adds an <see cref="MlHubClient"/> with settings from a section of the configuration.</summary>
    /// <param name="services">The services of the program.</param>
    /// <param name="section">The section. Its keys are the properties of <see cref="MlHubClientOptions"/>; another key is an error.</param>
    /// <returns>A builder for the client's connections.</returns>
    public static MlHubClientBuilder AddMlHubClient(this IServiceCollection services, IConfiguration section) =>
        services.AddMlHubClient(Options.Options.DefaultName, section);

    /// <summary>
    /// Adds an <see cref="MlHubClient"/> as a keyed service, for a program that uses several hubs. Its settings are in the section of the configuration that has this name.
    /// </summary>
    /// <param name="services">The services of the program.</param>
    /// <param name="name">The key of the service, the name of its options and the path of its section, for example <c>Hubs:Staging</c>.</param>
    /// <returns>A builder for the client's connections.</returns>
    public static MlHubClientBuilder AddMlHubClient(this IServiceCollection services, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return services.Add(name).Bind(name, provider => provider.GetService<IConfiguration>()?.GetSection(name));
    }

    /// <summary>Adds an <see cref="MlHubClient"/> as a keyed service, with settings from code.</summary>
    /// <param name="services">The services of the program.</param>
    /// <param name="name">The key of the service and the name of its options.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>A builder for the client's connections.</returns>
    public static MlHubClientBuilder AddMlHubClient(this IServiceCollection services, string name, Action<MlHubClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var builder = services.Add(name);
        services.Configure(name, configure);
        return builder;
    }

    /// <summary>Adds an <see cref="MlHubClient"/> as a keyed service, with settings from a section of the configuration.</summary>
    /// <param name="services">The services of the program.</param>
    /// <param name="name">The key of the service and the name of its options.</param>
    /// <param name="section">The section. Its keys are the properties of <see cref="MlHubClientOptions"/>; another key is an error.</param>
    /// <returns>A builder for the client's connections.</returns>
    public static MlHubClientBuilder AddMlHubClient(this IServiceCollection services, string name, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return services.Add(name).Bind((section as IConfigurationSection)?.Path, _ => section);
    }

    // A second call for the same name adds settings to the same client.
    private static MlHubClientBuilder Add(this IServiceCollection services, string name)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(name);
        if (services.Select(service => service.IsKeyedService ? null : service.ImplementationInstance).OfType<MlHubClientBuilder>().FirstOrDefault(builder => builder.Name == name) is { } known)
        {
            return known;
        }

        var builder = new MlHubClientBuilder(services, name);
        services.AddSingleton(builder);
        services.AddOptionsWithValidateOnStart<MlHubClientOptions>(name);
        services.AddSingleton<IValidateOptions<MlHubClientOptions>>(new ClientOptionsValidator(builder));
        services.AddKeyedSingleton(name, (provider, _) => new ClientInstance(provider, builder));
        services.AddSingleton<IHostedService>(provider => new ClientStartup(provider, builder));
        if (name == Options.Options.DefaultName)
        {
            services.TryAddSingleton(provider => provider.GetRequiredKeyedService<ClientInstance>(name).Client);
        }
        else
        {
            services.TryAddKeyedSingleton(name, (provider, _) => provider.GetRequiredKeyedService<ClientInstance>(name).Client);
        }

        return builder;
    }

    private static MlHubClientBuilder Bind(this MlHubClientBuilder builder, string? name, Func<IServiceProvider, IConfiguration?> find)
    {
        builder.Section = name;
        builder.Services.AddOptions<MlHubClientOptions>(builder.Name).Configure<IServiceProvider>((options, provider) =>
        {
            if (find(provider) is not { } section)
            {
                return;
            }

            try
            {
                section.Bind(options, static binder => binder.ErrorOnUnknownConfiguration = true);
            }
            catch (InvalidOperationException error)
            {
                throw new OptionsValidationException(builder.Name, typeof(MlHubClientOptions), [BindingError.Describe(error, section)]);
            }
        });
        builder.Services.AddSingleton<IOptionsChangeTokenSource<MlHubClientOptions>>(provider =>
            new ConfigurationChangeTokenSource<MlHubClientOptions>(builder.Name, find(provider) ?? new ConfigurationManager()));
        return builder;
    }
}
