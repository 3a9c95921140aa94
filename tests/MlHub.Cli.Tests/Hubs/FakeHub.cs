using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;

namespace MlHub.Cli.Tests;

/// <summary>A server whose answers a test defines.</summary>
internal sealed class FakeHub : IDisposable
{
    private readonly WireMockServer _server = WireMockServer.Start();

    public string RootUrl => $"{_server.Url}/mlhub/v1/";

    public FakeHub Answers(string path, string json, int status = 200, string contentType = "application/json")
    {
        _server
            .Given(Request.Create().WithPath($"/mlhub/v1/{path}").UsingGet())
            .RespondWith(Response.Create().WithStatusCode(status).WithHeader("Content-Type", contentType).WithBody(json));
        return this;
    }

    public Task<Outcome> RunAsync(params string[] args) => RunAsync(Mlhub.Pipe, args);

    public Task<Outcome> RunAsync(CommandEnvironment environment, params string[] args) =>
        Mlhub.RunAsync(environment, [.. args, "--root-url", RootUrl, "--api-key", Mlhub.Key]);

    public void Dispose() => _server.Dispose();
}
