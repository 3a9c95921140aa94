using System.Text;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>The user name and password in an address are sent only to its origin, and never shown.</summary>
public sealed class CredentialsTests : DownloadTest
{
    private const string UserInfo = "al%40ice:p%3Ass%25w%C3%A9rd";
    private const string Secrets = "p%3Ass|p:ss%|ss%25w|w%C3%A9rd|wérd|YWxAaWNl";
    private static readonly string Basic = $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("al@ice:p:ss%wérd"))}";

    private DownloadRequest WithUser => For("data.bin");

    [Fact]
    public async Task Credentials_in_an_address_are_sent_unescaped_as_basic_authentication_with_each_request()
    {
        Remote.CutAfter = 1_000_000;

        await AssertWholeAsync(await DownloadAsync(WithUser with { Options = new() { Connections = 2 } }));

        Assert.True(Server.Requests.Count > 2);
        Assert.All(Server.Requests, request => Assert.Equal((Basic, "/data.bin"), (request.Header("Authorization"), request.Path)));
    }

    [Theory]
    [InlineData("alice", "alice:")]
    [InlineData("alice:", "alice:")]
    [InlineData(":secret", ":secret")]
    [InlineData("a:b:c", "a:b:c")]
    public async Task The_user_name_or_the_password_may_be_missing_and_the_first_colon_separates_them(string userInfo, string sent)
    {
        await DownloadAsync(For("data.bin", userInfo));

        Assert.Equal($"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(sent))}", Server.Requests.First().Header("Authorization"));
    }

    [Fact]
    public async Task Credentials_are_not_sent_to_another_port_and_credentials_in_a_redirect_are_ignored()
    {
        var file = new RemoteFile(Remote.Bytes);
        await using var other = new ScriptedServer(file.Answer);
        var location = new UriBuilder(other.Url("data.bin")) { UserName = "eve", Password = "evil" }.ToString();
        Remote.Twist = (_, _) => ScriptedAnswer.Of(302, []).With("Location", location);

        await AssertWholeAsync(await DownloadAsync(WithUser));

        Assert.All(Server.Requests, request => Assert.Equal(Basic, request.Header("Authorization")));
        Assert.NotEmpty(other.Requests);
        Assert.All(other.Requests, request => Assert.Null(request.Header("Authorization")));
    }

    [Fact]
    public async Task Credentials_are_sent_after_a_redirect_within_their_origin()
    {
        Remote.Twist = (request, answer) => request.Path == "/start" ? ScriptedAnswer.Of(302, []).With("Location", "/data.bin") : answer;

        await AssertWholeAsync(await DownloadAsync(For("start")));

        Assert.All(Server.Requests, request => Assert.Equal(Basic, request.Header("Authorization")));
    }

    [Fact]
    public async Task An_authorization_header_of_the_caller_takes_precedence_over_credentials_in_the_address()
    {
        await DownloadAsync(WithUser with { Headers = [new("Authorization", "Bearer mine")] });

        Assert.All(Server.Requests, request => Assert.Equal("Bearer mine", request.Header("Authorization")));
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(500)]
    public async Task No_message_or_log_contains_credentials_that_the_server_echoes(int status)
    {
        using var log = new CollectedLog();
        Remote.Twist = (request, _) => ScriptedAnswer.Of(status, Encoding.UTF8.GetBytes($"No: {request.Header("Authorization")}, {UserInfo}, al@ice, p:ss%wérd"));

        var downloader = NewDownloader(options => (options.Loggers, options.Transfer.MaxRetries) = (log, 1));
        var error = await Assert.ThrowsAnyAsync<MlHubException>(() => downloader.DownloadAsync(WithUser));

        Assert.All([error.ToString(), error.ServerMessage!, error.RequestUrl!.ToString(), .. log.Messages], text => Assert.DoesNotMatch(Secrets, text));
        Assert.DoesNotContain("@", error.RequestUrl.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_message_for_refused_credentials_says_what_to_check()
    {
        Remote.Twist = (_, _) => ScriptedAnswer.Of(401, []);

        var error = await Assert.ThrowsAsync<MlHubAuthenticationException>(() => DownloadAsync(WithUser));

        Assert.Contains("check the user name and the password in the address", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_message_for_a_failed_connection_does_not_contain_credentials()
    {
        using var log = new CollectedLog();
        using var wire = new Wire { BeforeRequest = (request, _) => throw new HttpRequestException($"{request.RequestUri} {request.Headers.Authorization}") };

        var downloader = NewDownloader(options => (options.Handler, options.Loggers) = (wire, log));
        var error = await Assert.ThrowsAsync<DownloadException>(() => downloader.DownloadAsync(WithUser));

        Assert.NotEmpty(log.Messages);
        Assert.All([error.ToString(), .. log.Messages], text => Assert.DoesNotMatch(Secrets, text));
    }

    [Fact]
    public async Task No_written_file_contains_credentials()
    {
        await InterruptAsync(request: WithUser);
        var left = Directory.GetFiles(Output).Select(path => Encoding.UTF8.GetString(File.ReadAllBytes(path))).ToArray();

        var result = await DownloadAsync(WithUser);
        var receipt = MlHub.Sdk.Downloads.Files.FinishedFile.ReadReceipt(Final) ?? [];

        await AssertWholeAsync(result);
        Assert.True(result.ResumedFrom > 0);
        Assert.Equal(2, left.Length);
        Assert.All([.. left, Encoding.UTF8.GetString(receipt), result.ToString()], text => Assert.DoesNotMatch(Secrets, text));
    }

    [Fact]
    public async Task The_same_address_with_other_credentials_is_the_same_file()
    {
        await InterruptAsync(request: WithUser);

        var result = await DownloadAsync(For("data.bin", "bob:other"));

        await AssertWholeAsync(result);
        Assert.True(result.ResumedFrom > 0);
    }

    private DownloadRequest For(string path, string userInfo = UserInfo) =>
        Request with { Url = new Uri($"http://{userInfo}@{Server.Root.Authority}/{path}") };
}
