using System.Diagnostics;
using System.Runtime.Versioning;
using Microsoft.Extensions.Logging;

namespace MlHub.Sdk.Tests.Authentication;

public class KeySecrecyTests
{
    [Theory]
    [InlineData("0123456789abcdefghijklmn", "****ijklmn")]
    [InlineData("0123456789abcdef", "****cdef")]
    [InlineData("12345678901", "****01")]
    [InlineData("1234", "****4")]
    [InlineData("123", "****")]
    public void A_masked_key_shows_six_characters_and_never_more_than_a_quarter(string key, string masked)
    {
        using var home = new TestHome();

        Assert.Equal(masked, home.Resolve(apiKey: key).MaskedApiKey);
    }

    [Fact]
    public void A_key_as_text_is_masked()
    {
        ApiKey key = ApiKey.From("s3cret", "It")!;

        Assert.Equal("****", $"{key}");
        Assert.Equal("****", typeof(ApiKey).GetCustomAttributes(false).OfType<DebuggerDisplayAttribute>().Single().Value);
    }

    [Theory]
    [InlineData("https://hub.example/", true)]
    [InlineData("http://hub.example/", false)]
    [InlineData("http://localhost:8080/", true)]
    [InlineData("http://LOCALHOST/", true)]
    [InlineData("http://127.0.0.1/", true)]
    [InlineData("http://127.8.9.10/", true)]
    [InlineData("http://[::1]:8080/", true)]
    [InlineData("http://[::ffff:127.0.0.1]/", true)]
    [InlineData("http://10.0.0.1/", false)]
    [InlineData("http://0.0.0.0/", false)]
    [InlineData("http://localhost.example/", false)]
    [InlineData("http://127.0.0.1.example/", false)]
    [InlineData("ftp://localhost/", false)]
    public void A_key_is_sent_only_over_https_or_to_this_machine(string url, bool may) =>
        Assert.Equal(may, ApiKey.MayBeSentTo(new Uri(url)));

    [Fact]
    public void A_warning_says_that_the_key_is_not_sent_over_plain_http()
    {
        using var home = new TestHome();

        string warning = Assert.Single(home.Resolve(apiKey: "k", rootUrl: "http://hub.example").Warnings);
        Assert.Contains("not sent to http://hub.example/", warning, StringComparison.Ordinal);
        Assert.Empty(home.Resolve(apiKey: "k", rootUrl: "http://localhost:8080").Warnings);
        Assert.Empty(home.Resolve(profile: "__anonymous__", rootUrl: "http://hub.example").Warnings);
    }

    [UnixFact("no mode says who may read a file")]
    [UnsupportedOSPlatform("windows")]
    public void A_file_that_others_can_read_causes_one_warning()
    {
        using var home = new TestHome("[default]\napi_key = s3cret\n");
        File.SetUnixFileMode(home.ProfilesPath, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        var log = new RecordingLogger();

        MlHubSettings settings = home.Resolve(logger: log);

        string expected = $"Other users can read the API keys in {home.ProfilesPath} (its mode is 444): run \"chmod 600\" on it.";
        Assert.Equal([expected], settings.Warnings);
        Assert.Equal(["Warning: " + expected], log.Lines);
        Assert.Equal(expected, home.Profiles.PermissionsWarning);
    }

    [Fact]
    public void The_mode_of_a_links_target_decides()
    {
        using var home = new TestHome("[default]\napi_key = s3cret\n");
        File.Move(home.ProfilesPath, home.ProfilesPath + "2");
        File.CreateSymbolicLink(home.ProfilesPath, "profiles2");

        Assert.Empty(home.Resolve().Warnings);
        Assert.Null(home.Profiles.PermissionsWarning);
    }

    private sealed class RecordingLogger : ILogger
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add($"{logLevel}: {formatter(state, exception)}");
    }
}
