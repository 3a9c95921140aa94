using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace MlHub.Sdk.DependencyInjection.Tests;

public sealed class SettingsTests : ServiceTest
{
    [Fact]
    public async Task Settings_come_from_the_section_MlHub()
    {
        using var host = Host(Settings(("MlHub:Transfer:StallTimeout", "00:02:00")), services => services.AddMlHubClient());
        await host.StartAsync();

        Assert.Equal(Hub.RootUrl, host.Services.GetRequiredService<MlHubClient>().RootUrl);
        Assert.Equal(TimeSpan.FromMinutes(2), host.Services.GetRequiredService<IOptions<MlHubClientOptions>>().Value.Transfer.StallTimeout);
        Assert.True(await CountAsync(host.Services.GetRequiredService<MlHubClient>()) > 1);
    }

    [Fact]
    public async Task Settings_come_from_code_as_well()
    {
        using var host = Host([], services => services.AddMlHubClient(options =>
        {
            options.RootUrl = Hub.RootUrl;
            options.ApiKey = Hub.ApiKey;
        }));
        await host.StartAsync();

        Assert.True(await CountAsync(host.Services.GetRequiredService<MlHubClient>()) > 1);
    }

    [Fact]
    public async Task Several_hubs_are_keyed_services()
    {
        var settings = Settings(("Hubs:Other:RootUrl", "http://127.0.0.1:1/other/"), ("Hubs:Other:ApiKey", "k"));
        using var host = Host(settings, services =>
        {
            services.AddMlHubClient();
            services.AddMlHubClient("Hubs:Other");
        });
        await host.StartAsync();

        Assert.Equal(Hub.RootUrl, host.Services.GetRequiredService<MlHubClient>().RootUrl);
        Assert.Equal(new Uri("http://127.0.0.1:1/other/"), host.Services.GetRequiredKeyedService<MlHubClient>("Hubs:Other").RootUrl);
    }

    [Fact]
    public void A_second_registration_adds_settings_to_the_same_client()
    {
        var services = new ServiceCollection();
        var first = services.AddMlHubClient(options => options.RootUrl = Hub.RootUrl);
        var second = services.AddMlHubClient(options => options.ApiKey = Hub.ApiKey);
        using var provider = services.BuildServiceProvider();

        Assert.Same(first, second);
        Assert.Single(provider.GetServices<MlHubClient>());
        Assert.Equal(Hub.RootUrl, provider.GetRequiredService<MlHubClient>().RootUrl);
    }

    [Theory]
    [InlineData("MlHub:RootUri", "http://example.org", "RootUri")]
    [InlineData("MlHub:Transfer:StalTimeout", "00:00:30", "StalTimeout")]
    [InlineData("MlHub:Transfer:StallTimeout", "-00:00:30", "MlHub:Transfer:StallTimeout must be between")]
    [InlineData("MlHub:Transfer:StallTimeout", "soon", "MlHub:Transfer:StallTimeout must be a time such as 00:01:00")]
    [InlineData("MlHub:Transfer:MaxRetries", "5000", "MlHub:Transfer:MaxRetries must be between")]
    [InlineData("MlHub:RootUrl", "hub.example.org", "MlHub:RootUrl")]
    [InlineData("MlHub:RootUrl", "ftp://hub.example.org/", "MlHub:RootUrl")]
    [InlineData("MlHub:AllowKeyOverHttp", "perhaps", "MlHub:AllowKeyOverHttp")]
    [InlineData("MlHub:ApplicationName", "naïve\n", "MlHub:ApplicationName")]
    [InlineData("MlHub:Profile", "nobody", "MlHub:Profile names a profile")]
    [InlineData("MlHub:ApiKey", null, "MlHub:ApiKey")]
    [InlineData("MlHub:ApiKey", "line one\nline two", "MlHub:ApiKey")]
    public async Task An_invalid_setting_fails_the_start_with_a_message_that_names_it(string name, string? value, string named)
    {
        var withoutKey = name == "MlHub:Profile" ? ("MlHub:ApiKey", (string?)null) : ("MlHub:Unused", null);
        using var host = Host(Settings((name, value), withoutKey), services => services.AddMlHubClient());

        var error = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync());

        Assert.Contains(named, error.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Hub.ApiKey, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_service_that_takes_the_client_before_the_start_gets_the_same_error()
    {
        using var host = Host(Settings(("MlHub:RootUrl", "ftp://hub.example.org/")), services => services.AddMlHubClient());

        var error = Assert.Throws<OptionsValidationException>(() => host.Services.GetRequiredService<MlHubClient>());

        Assert.StartsWith("MlHubClient: MlHub:RootUrl ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MlHub:RootUrl", "http://127.0.0.1:99999/?key=s3cr3t-in-a-wrong-place")]
    [InlineData("MlHub:RootUrl", "https://user:s3cr3t-in-a-wrong-place@hub example.org/")]
    [InlineData("MlHub:AllowKeyOverHttp", "s3cr3t-in-a-wrong-place")]
    [InlineData("MlHub:Transfer:MaxRetries", "s3cr3t-in-a-wrong-place' at 'x' to type 'y'")]
    public async Task The_error_for_an_invalid_setting_does_not_contain_its_value(string name, string value)
    {
        using var host = Host(Settings((name, value)), services => services.AddMlHubClient());

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hub_that_is_open_to_everyone_needs_no_key()
    {
        using var host = Host(Settings(("MlHub:ApiKey", null), ("MlHub:Profile", "__anonymous__")), services => services.AddMlHubClient());

        await host.StartAsync();

        Assert.Equal(Hub.RootUrl, host.Services.GetRequiredService<MlHubClient>().RootUrl);
    }

    [Fact]
    public async Task A_new_key_in_the_configuration_is_used_at_once()
    {
        using var host = Host(Settings(), services => services.AddMlHubClient());
        await host.StartAsync();
        var client = host.Services.GetRequiredService<MlHubClient>();
        Hub.RequireKey("the-second-key-0123456789");
        await Assert.ThrowsAsync<MlHubAuthenticationException>(() => AnItemAsync(client));

        var configuration = (IConfigurationRoot)host.Services.GetRequiredService<IConfiguration>();
        configuration["MlHub:ApiKey"] = "the-second-key-0123456789";
        configuration.Reload();

        Assert.NotNull(await AnItemAsync(client));
        Assert.Equal("***, ***", client.Redact($"{Hub.ApiKey}, the-second-key-0123456789"));
    }

    [Fact]
    public async Task An_invalid_new_key_leaves_the_previous_key_in_use()
    {
        using var host = Host(Settings(), services => services.AddMlHubClient());
        await host.StartAsync();
        var client = host.Services.GetRequiredService<MlHubClient>();

        var configuration = (IConfigurationRoot)host.Services.GetRequiredService<IConfiguration>();
        configuration["MlHub:ApiKey"] = "line one\nline two";
        configuration.Reload();

        Assert.NotNull(await AnItemAsync(client));
    }

    // Items are not open to everyone.
    private static Task<Item> AnItemAsync(MlHubClient client) => client.Collections.ListItemsAsync("sandbox_crops_kenya_s2").FirstAsync().AsTask();
}
