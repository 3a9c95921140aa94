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
    [InlineData("MlHub:RootUri", "http://example.org", "MlHub:RootUri is not a setting. Correct the name, or remove it.")]
    [InlineData("MlHub:Transfer:StalTimeout", "00:00:30", "MlHub:Transfer:StalTimeout is not a setting. Correct the name, or remove it.")]
    [InlineData("MlHub:Transfer:StallTimeout", "-00:00:30", "MlHub:Transfer:StallTimeout must be between")]
    [InlineData("MlHub:Transfer:StallTimeout", "soon", "The value of MlHub:Transfer:StallTimeout must be a time such as 00:01:00.")]
    [InlineData("MlHub:Transfer:MaxRetries", "5000", "MlHub:Transfer:MaxRetries must be between 0 and 1000")]
    [InlineData("MlHub:Transfer:MaxRetries", "many", "The value of MlHub:Transfer:MaxRetries must be a whole number.")]
    [InlineData("MlHub:RootUrl", "hub.example.org", "MlHub:RootUrl is not a root URL: it must begin with http:// or https:// and contain a host name")]
    [InlineData("MlHub:RootUrl", "ftp://hub.example.org/", "MlHub:RootUrl is not a root URL: it must begin with http:// or https:// and contain a host name")]
    [InlineData("MlHub:RootUrl", "https://hub.example.org/?key=k", "MlHub:RootUrl must not contain a query or a fragment")]
    [InlineData("MlHub:AllowKeyOverHttp", "perhaps", "The value of MlHub:AllowKeyOverHttp must be true or false.")]
    [InlineData("MlHub:ApplicationName", "naïve\n", "MlHub:ApplicationName")]
    [InlineData("MlHub:Profile", "nobody", "MlHub:Profile names a profile that does not exist: there is no profile \"nobody\"")]
    [InlineData("MlHub:ApiKey", null, "There is no API key. Set MlHub:ApiKey, MLHUB_API_KEY, or a profile. To send none, set MlHub:Profile to __anonymous__.")]
    [InlineData("MlHub:ApiKey", "line one\nline two", "MlHub:ApiKey cannot be used: it has several lines. Copy the key again")]
    public async Task An_invalid_setting_fails_the_start_with_a_sentence_that_names_it(string name, string? value, string sentence)
    {
        using var host = Host(Settings((name, value)), services => services.AddMlHubClient());

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.StartsWith(sentence, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Hub.ApiKey, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_invalid_values_are_reported_at_once()
    {
        using var host = Host(Settings(("MlHub:RootUrl", "hub"), ("MlHub:ApiKey", "a\nb"), ("MlHub:Transfer:MaxRetries", "-1"), ("MlHub:Transfer:StallTimeout", "00:00:00")), services => services.AddMlHubClient());

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        foreach (var name in (string[])["MlHub:RootUrl", "MlHub:ApiKey", "MlHub:Transfer:MaxRetries", "MlHub:Transfer:StallTimeout"])
        {
            Assert.Single(error.Failures, failure => failure.StartsWith($"{name} ", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task An_invalid_value_from_code_is_named_as_in_code()
    {
        using var host = Host([], services => services.AddMlHubClient("other", options => (options.RootUrl, options.Transfer.MaxRetries) = (new Uri("ftp://hub/"), -1)));

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Contains(error.Failures, failure => failure.StartsWith("MlHubClient 'other': MlHubClientOptions.RootUrl is not a root URL", StringComparison.Ordinal));
        Assert.Contains(error.Failures, failure => failure.StartsWith("MlHubClient 'other': MlHubClientOptions.Transfer.MaxRetries must be between", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_refused_key_is_named_by_its_setting()
    {
        using var host = Host(Settings(("MlHub:ApiKey", "wrong")), services => services.AddMlHubClient());
        await host.StartAsync();

        var error = await Assert.ThrowsAsync<MlHubAuthenticationException>(() => AnItemAsync(host.Services.GetRequiredService<MlHubClient>()));

        Assert.StartsWith("The API key in MlHub:ApiKey was refused (401,", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_service_that_takes_the_client_before_the_start_gets_the_same_error()
    {
        using var host = Host(Settings(("MlHub:RootUrl", "ftp://hub.example.org/")), services => services.AddMlHubClient());

        var error = Assert.Throws<OptionsValidationException>(() => host.Services.GetRequiredService<MlHubClient>());

        Assert.StartsWith("MlHub:RootUrl ", error.Message, StringComparison.Ordinal);
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
