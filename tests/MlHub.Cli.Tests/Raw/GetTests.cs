using System.Net;
using System.Net.Sockets;
using System.Text;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;

namespace MlHub.Cli.Tests;

public sealed class GetTests
{
    [Theory]
    [InlineData("some/path?limit=2")]
    [InlineData("/some/path?limit=2")]
    public async Task The_body_is_written_byte_for_byte(string path)
    {
        byte[] body = [.. Enumerable.Range(0, 200_000).Select(i => (byte)i)];
        using var server = WireMockServer.Start();
        server
            .Given(Request.Create().WithPath("/v1/some/path").WithParam("limit", "2").WithParam("key", Mlhub.Key))
            .RespondWith(Response.Create().WithBody(body));
        using var output = new MemoryStream();

        var outcome = await Mlhub.RunAsync(Mlhub.Pipe with { Output = output }, "get", path, "--root-url", $"{server.Url}/v1/", "--api-key", Mlhub.Key);

        outcome.Quietly();
        Assert.Equal(body, output.ToArray());
    }

    [Fact]
    public async Task On_a_terminal_a_body_does_not_colour_the_screen_or_move_the_cursor_and_keeps_its_lines()
    {
        using var fake = new FakeHub().Answers("x", "{\r\n\t\"a\": \"\u001b[31m\u009b1m\rb é\"\n}\n");

        var outcome = await fake.RunAsync(Mlhub.Terminal, "get", "x");

        Assert.Equal("{\r\n\t\"a\": \"\\u001b[31m\\u009b1m\\u000db é\"\n}\n", outcome.Quietly().Output);
    }

    [Fact]
    public async Task An_address_outside_the_root_URL_gets_no_key()
    {
        using var server = WireMockServer.Start();
        server.Given(Request.Create().WithPath("/elsewhere")).RespondWith(Response.Create().WithBody("there"));

        var outcome = await Mlhub.RunAsync("get", $"{server.Url}/elsewhere", "--root-url", "http://127.0.0.1:1/v1/", "--api-key", Mlhub.Key);

        Assert.Equal("there", outcome.Quietly().Output);
        Assert.DoesNotContain(Mlhub.Key, Assert.Single(server.LogEntries).RequestMessage!.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_ends_early_is_an_error()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = AnswerAsync(listener, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");

        var outcome = await Mlhub.RunAsync("get", "x", "--root-url", $"http://{listener.LocalEndpoint}/", "--api-key", Mlhub.Key);
        await answering;

        Assert.Equal((1, "half"), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith("mlhub: ", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
    }

    private static async Task AnswerAsync(TcpListener listener, string answer)
    {
        using var connection = await listener.AcceptTcpClientAsync();
        var stream = connection.GetStream();
        _ = await stream.ReadAsync(new byte[4096]);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
    }
}
