using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace MlHub.Server.Tests.Contract;

/// <summary>The endpoints of a small description with every kind of parameter.</summary>
public sealed class EndpointsTests : IAsyncLifetime
{
    private readonly WebApplication _application;

    public EndpointsTests()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        _application = builder.Build();
        var keys = new ApiKeys(["good"], file: null, allowsAnonymous: false, TimeProvider.System);
        _application.Use(new ErrorHandling(new RequestLog(NullLoggerFactory.Instance, keys)).HandleAsync);
        _application.UseRouting();
        SampleContract.Map(new ApiEndpoints<SampleContract>(_application, keys, _ => new SampleApi()));
    }

    public Task InitializeAsync() => _application.StartAsync();

    public async Task DisposeAsync() => await _application.DisposeAsync();

    [Theory]
    [InlineData("things/a", "a [] [] 20  up ")]
    [InlineData("things/a?names=b&names=c,d", "a [b|c,d] [] 20  up ")]
    [InlineData("things/a?ids=b,c&ids=d", "a [] [b|c|d] 20  up ")]
    [InlineData("things/a?ids=,b,", "a [] [b] 20  up ")]
    [InlineData("things/a?limit=50&offset=-3&order=down&area=0.5", "a [] [] 50 -3 down 0.5")]
    [InlineData("things/a?limit=&order=", "a [] [] 20  up ")]
    [InlineData("search?for=it&key=good", "it")]
    public async Task Lists_defaults_and_types_follow_the_description(string path, string expected) => Assert.Equal((200, expected), await GetAsync(path));

    [Theory]
    [InlineData("things/a?limit=0", 400, "limit must be an integer from 1 to 50.")]
    [InlineData("things/a?limit=51", 400, "limit must be an integer from 1 to 50.")]
    [InlineData("things/a?area=0.4", 400, "area must be a number of at least 0.5.")]
    [InlineData("things/a?offset=x", 400, "offset must be an integer.")]
    [InlineData("search?key=good", 400, "for is missing.")]
    [InlineData("search?for=it", 401, "Must provide API key or Bearer token to access this route.")]
    [InlineData("search?for=it&key=bad", 401, "Could not identify user from API key or Authentication header.")]
    public async Task Parameters_that_violate_the_description_are_refused_in_one_sentence(string path, int status, string expected) =>
        Assert.Equal((status, $$"""{"detail":"{{expected}}"}"""), await GetAsync(path));

    private async Task<(int Status, string Body)> GetAsync(string path)
    {
        using var client = new HttpClient();
        using var response = await client.GetAsync(new Uri($"{_application.Urls.Single()}/sample/v1/{path}"));
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
