using System.Net;
using System.Text;

namespace MlHub.Sdk.Tests.Sending;

public sealed class EnvironmentProxyTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi";
    private static readonly WebProxy System = new("http://system.test:1");

    [Theory]
    [InlineData("http_proxy=http://a:1", "http://x.test/", "http://a:1/")]
    [InlineData("http_proxy=http://a:1", "https://x.test/", null)]
    [InlineData("https_proxy=http://a:1", "https://x.test/", "http://a:1/")]
    [InlineData("https_proxy=http://a:1", "http://x.test/", null)]
    [InlineData("HTTPS_PROXY=http://a:1", "https://x.test/", "http://a:1/")]
    [InlineData("HTTP_PROXY=http://a:1", "http://x.test/", "http://a:1/")]
    [InlineData("HTTP_PROXY=http://a:1;REQUEST_METHOD=GET;https_proxy=b:2", "http://x.test/", null)]
    [InlineData("HTTP_PROXY=http://a:1;GATEWAY_INTERFACE=CGI/1.1;https_proxy=b:2", "http://x.test/", null)]
    [InlineData("http_proxy=http://a:1;REQUEST_METHOD=GET", "http://x.test/", "http://a:1/")]
    [InlineData("all_proxy=http://a:1", "http://x.test/", "http://a:1/")]
    [InlineData("ALL_PROXY=http://a:1", "https://x.test/", "http://a:1/")]
    [InlineData("http_proxy=a:1;HTTP_PROXY=b:2;all_proxy=c:3", "http://x.test/", "http://a:1/")]
    [InlineData("http_proxy=a:1;all_proxy=c:3", "https://x.test/", "http://c:3/")]
    [InlineData("http_proxy= ;all_proxy=c:3", "http://x.test/", "http://c:3/")]
    [InlineData("", "http://x.test/", "http://system.test:1/")]
    [InlineData("no_proxy=y.test", "http://x.test/", "http://system.test:1/")]
    [InlineData("no_proxy=x.test", "http://x.test/", null)]
    [InlineData("all_proxy=a:1;no_proxy=;NO_PROXY=x.test", "http://x.test/", null)]
    [InlineData("all_proxy=a:1", "http://127.0.0.1/", null)]
    [InlineData("all_proxy=a:1", "http://[::1]/", null)]
    [InlineData("all_proxy=a:1", "https://localhost:8/", null)]
    public void The_variables_are_read_as_curl_reads_them(string variables, string destination, string? proxy)
    {
        var environment = Environment(variables);

        Assert.Equal(proxy, new EnvironmentProxy(environment, System).GetProxy(new Uri(destination))?.AbsoluteUri);
    }

    [Theory]
    [InlineData("proxy.test", "http://proxy.test:1080/")]
    [InlineData("proxy.test:80", "http://proxy.test/")]
    [InlineData("http://proxy.test/", "http://proxy.test:1080/")]
    [InlineData("https://proxy.test", "https://proxy.test/")]
    [InlineData("HTTP://proxy.test:3128/", "http://proxy.test:3128/")]
    [InlineData("[::1]:3128", "http://[::1]:3128/")]
    [InlineData("socks4://p:1", "socks4://p:1")]
    [InlineData("socks://p:1", "socks4://p:1")]
    [InlineData("socks4a://p:1", "socks4a://p:1")]
    [InlineData("socks5://p", "socks5://p:1080")]
    [InlineData("socks5h://[2001:db8::1]:9", "socks5://[2001:db8::1]:9")]
    [InlineData("user:pass@p:1", "http://p:1/")]
    public void A_proxy_address_has_one_of_the_forms_that_curl_accepts(string value, string address)
    {
        var proxy = new EnvironmentProxy(Environment($"all_proxy={value}"), System);

        var used = proxy.GetProxy(new Uri("https://x.test/"));

        Assert.Equal(address.TrimEnd('/'), used?.AbsoluteUri.TrimEnd('/'));
    }

    [Theory]
    [InlineData("http://u:p@p.test:1", "u", "p")]
    [InlineData("u@p.test:1", "u", "")]
    [InlineData("socks5h://u%40x:p%3A%2F%25@p.test:1", "u@x", "p:/%")]
    [InlineData("http://u:p@ss:word@p.test:1", "u", "p@ss:word")]
    [InlineData("http://p.test:1", null, null)]
    public void The_user_and_password_in_a_proxy_address_are_its_login(string value, string? user, string? password)
    {
        var proxy = new EnvironmentProxy(Environment($"https_proxy={value};http_proxy=http://other:p@q.test:2"), System);

        var login = proxy.Credentials!.GetCredential(proxy.GetProxy(new Uri("https://x.test/"))!, "Basic");

        Assert.Equal((user, password), (login?.UserName, login?.Password));
    }

    [Theory]
    [InlineData("ftp://s3cr3t@p.test:1")]
    [InlineData("socks6://s3cr3t@p.test:1")]
    [InlineData("http://u:s3cr3t/x@p.test:1")]
    [InlineData("http://u:s3cr3t@p.test:99999")]
    [InlineData("http://u:s3cr3t@p.test:port")]
    [InlineData("http://u:s3cr3t@")]
    [InlineData("://s3cr3t")]
    [InlineData("s3cr3t p.test")]
    [InlineData("http://p.test:1/s3cr3t")]
    public async Task The_message_for_an_invalid_proxy_names_the_variable_and_not_the_password(string value)
    {
        using var http = Http($"HTTPS_PROXY={value}");

        var e = await Assert.ThrowsAsync<MlHubException>(() => http.GetAsync(new Uri("https://x.test/")));

        Assert.Equal(
            "The environment variable HTTPS_PROXY is not a valid proxy address: set it to an address such as "
            + "http://proxy.example:8080 (http, https, socks4, socks4a, socks5 or socks5h), or remove it.",
            e.Message);
    }

    [Fact]
    public async Task An_invalid_proxy_does_not_affect_requests_that_do_not_use_it()
    {
        using var server = LoopbackServer.Answering(Ok);
        using var http = Http("all_proxy=ftp://p.test");

        Assert.Equal("hi", await http.GetStringAsync(new Uri($"http://127.0.0.1:{server.Port}/")));
    }

    [Theory]
    [InlineData("example.test", "http://example.test/", true)]
    [InlineData("example.test", "http://data.example.test/", true)]
    [InlineData(".example.test", "http://example.test/", true)]
    [InlineData(".example.test", "http://data.example.test/", true)]
    [InlineData("*.example.test", "http://a.data.example.test/", true)]
    [InlineData("example.test", "http://badexample.test/", false)]
    [InlineData("example.test", "http://example.test.evil/", false)]
    [InlineData("data.example.test", "http://example.test/", false)]
    [InlineData("EXAMPLE.Test.", "http://data.example.TEST./", true)]
    [InlineData("a.test, b.test\tc.test", "http://c.test/", true)]
    [InlineData("a.test b.test", "http://b.test/", true)]
    [InlineData("*", "https://anything.test/", true)]
    [InlineData("a.test,*", "https://[2001:db8::1]/", true)]
    [InlineData("192.0.2.1", "http://192.0.2.1/", true)]
    [InlineData("192.0.2.1", "http://192.0.2.11/", false)]
    [InlineData("2.1", "http://192.0.2.1/", false)]
    [InlineData("10", "http://0.0.0.10/", false)]
    [InlineData("192.0.2.0/24", "http://192.0.2.200/", true)]
    [InlineData("192.0.2.77/24", "http://192.0.2.200/", true)]
    [InlineData("192.0.2.0/25", "http://192.0.2.200/", false)]
    [InlineData("192.0.2.192/27", "http://192.0.2.200/", true)]
    [InlineData("0.0.0.0/0", "http://192.0.2.1/", true)]
    [InlineData("0.0.0.0/0", "http://name.test/", false)]
    [InlineData("192.0.2.0/33", "http://192.0.2.1/", false)]
    [InlineData("192.0.2.0/x", "http://192.0.2.0/", false)]
    [InlineData("2001:db8::1", "http://[2001:db8::1]/", true)]
    [InlineData("[2001:DB8:0::1]", "http://[2001:db8::1]:8080/", true)]
    [InlineData("2001:db8::/32", "http://[2001:db8:9::1]/", true)]
    [InlineData("2001:db8::/32", "http://[2001:db9::1]/", false)]
    [InlineData("192.0.2.1", "http://[::ffff:192.0.2.1]/", true)]
    [InlineData("a.test:8080", "http://a.test:8080/", true)]
    [InlineData("a.test:8080", "http://a.test/", false)]
    [InlineData("a.test:443", "https://a.test/", true)]
    [InlineData("192.0.2.1:81", "http://192.0.2.1:81/", true)]
    [InlineData("192.0.2.1:81", "http://192.0.2.1:82/", false)]
    [InlineData("[2001:db8::1]:81", "http://[2001:db8::1]:81/", true)]
    [InlineData("[2001:db8::1]:81", "http://[2001:db8::1]:82/", false)]
    [InlineData("", "http://a.test/", false)]
    [InlineData(". , *.", "http://a.test/", false)]
    public void Hosts_in_no_proxy_bypass_the_proxy(string list, string destination, bool isPast)
    {
        var proxy = new EnvironmentProxy(name => name switch { "all_proxy" => "http://p.test:1", "no_proxy" => list, _ => null }, System);

        Assert.Equal(isPast, proxy.GetProxy(new Uri(destination)) is null);
    }

    [Fact]
    public async Task An_http_request_is_sent_to_the_proxy_with_its_absolute_address_and_the_login()
    {
        var heads = new List<string>();
        using var proxy = new LoopbackServer(async stream =>
        {
            var head = await LoopbackServer.ReadHeadAsync(stream);
            heads.Add(head);
            var isKnown = head.Contains("Proxy-Authorization: Basic " + Convert.ToBase64String("u:p:/"u8), StringComparison.Ordinal);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(isKnown
                ? Ok
                : "HTTP/1.1 407 Login\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
        });
        using var http = Http($"http_proxy=http://u:p%3A%2F@127.0.0.1:{proxy.Port}");

        Assert.Equal("hi", await http.GetStringAsync(new Uri("http://data.example.test/a.bin")));
        Assert.All(heads, head => Assert.StartsWith("GET http://data.example.test/a.bin HTTP/1.1\r\n", head, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_https_request_is_tunnelled_with_the_host_name()
    {
        var asked = new TaskCompletionSource<string>();
        using var proxy = new LoopbackServer(async stream => asked.SetResult(await LoopbackServer.ReadHeadAsync(stream)));
        using var http = Http($"https_proxy=127.0.0.1:{proxy.Port}");

        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(new Uri("https://data.example.test/")));

        Assert.StartsWith("CONNECT data.example.test:443 HTTP/1.1\r\n", await asked.Task, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("socks5")]
    [InlineData("socks5h")]
    public async Task A_SOCKS_proxy_gets_the_host_name(string scheme)
    {
        var asked = new TaskCompletionSource<string>();
        using var proxy = new LoopbackServer(async stream =>
        {
            var message = new byte[600];
            _ = await stream.ReadAsync(message);
            await stream.WriteAsync(new byte[] { 5, 0 });
            var length = await stream.ReadAsync(message);
            asked.SetResult(Encoding.Latin1.GetString(message, 0, length));
            await stream.WriteAsync(new byte[] { 5, 0, 0, 1, 0, 0, 0, 0, 0, 0 });
            await LoopbackServer.ReadHeadAsync(stream);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Ok));
        });
        using var http = Http($"all_proxy={scheme}://127.0.0.1:{proxy.Port}");

        Assert.Equal("hi", await http.GetStringAsync(new Uri("http://data.example.test/")));
        Assert.Equal("\u0005\u0001\u0000\u0003\u0011data.example.test\u0000\u0050", await asked.Task);
    }

    private static HttpClient Http(string variables) =>
        new(Sockets.Create(TimeSpan.FromSeconds(30), 8, Environment(variables), HappyEyeballs.Default));

    private static Func<string, string?> Environment(string variables)
    {
        var values = variables.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(text => text.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        return name => values.GetValueOrDefault(name);
    }
}
