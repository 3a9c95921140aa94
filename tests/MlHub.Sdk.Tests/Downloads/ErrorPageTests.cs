using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>A page, or an error as XML, JSON or text, that a server sends with status 200 instead of a file.</summary>
public sealed class ErrorPageTests : DownloadTest
{
    private const string Words = "Your session has expired.";
    private const string Html = "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><p>" + Words + "</p></body></html>";
    private const string Quota = "<html><head><title>Quota exceeded</title></head><body>" + Words + "</body></html>";
    private const string Xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code><Message>" + Words + "</Message></Error>";
    private const string Json = "{\"code\":\"NotLoggedIn\",\"error\":\"" + Words + "\",\"status\":401}";
    private const string Kml = "<?xml version=\"1.0\"?>\n<kml><Document/></kml>";

    [Theory]
    [InlineData("scene.tar.gz", "text/html; charset=utf-8", Html, "an HTML page")]
    [InlineData("scene.tgz", "application/xhtml+xml", Html, "an HTML page")]
    [InlineData("raw.zip", "text/html", Quota, "an HTML page")]
    [InlineData("B04.tif", "text/html", Html, "an HTML page")]
    [InlineData("thumb.png", "text/html", Html, "an HTML page")]
    [InlineData("x.npy", "text/html", Html, "an HTML page")]
    [InlineData("items.json", "text/html", Html, "an HTML page")]
    [InlineData("table.csv", "text/html", Html, "an HTML page")]
    [InlineData("data.bin", "text/html", Html, "an HTML page")]
    [InlineData("scene.tar.gz", "text/xml;charset=UTF-8", Xml, "an XML document")]
    [InlineData("B04.tif", "application/xml", Xml, "an XML document")]
    [InlineData("labels.geojson", "application/xml", Xml, "an XML document")]
    [InlineData("scene.tar.gz", "application/json", Json, "a JSON document")]
    [InlineData("B04.tif", "application/problem+json", Json, "a JSON document")]
    [InlineData("x.npy", "application/json", Json, "a JSON document")]
    [InlineData("scene.tar.gz", "text/plain", Words, "plain text")]
    [InlineData("x.npy", "text/plain; charset=utf-8", Words, "plain text")]
    public async Task A_page_instead_of_the_requested_file_is_refused_with_the_servers_message(string name, string type, string page, string what)
    {
        Remote.Twist = (_, _) => Page(type, page);

        var error = await AssertRefusedAsync(For(name));

        Assert.Contains($" sent {what} instead of '{name}'", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Output));
        Assert.Single(Server.Requests);
    }

    [Theory]
    [InlineData("scene.tar.gz", "application/octet-stream", Html)]
    [InlineData("scene.tar.gz", "application/gzip", Html)]
    [InlineData("scene.tar.gz", null, Html)]
    [InlineData("B04.tif", "image/tiff", Html)]
    [InlineData("a.zip", "application/octet-stream", "\r\n\n  " + Html)]
    [InlineData("B04.tif", "application/octet-stream", "\uFEFF" + Html)]
    [InlineData("thumb.png", "binary/octet-stream", "<!doctype html><body>" + Words)]
    [InlineData("raw.zip", "application/octet-stream", Quota)]
    [InlineData("B04.tif", "binary/octet-stream", Xml)]
    [InlineData("B04.tif", null, "<Error><Message>" + Words + "</Message></Error>")]
    [InlineData("scene.tgz", "application/octet-stream", Json)]
    [InlineData("B04.tif", "image/tiff", "<!DOCTYPE html>\0<html>" + Words)]
    [InlineData("scene.tar.gz", "application/octet-stream", "<\0h\0t\0m\0l\0>\0 \0o\0n\0c\0e\0" + Words)]
    public async Task A_page_with_the_media_type_of_a_file_is_still_a_page(string name, string? type, string page)
    {
        Remote.Twist = (_, _) => Page(type, page);

        await AssertRefusedAsync(For(name));

        Assert.Empty(Directory.GetFiles(Output));
    }

    [Theory]
    [InlineData("scene.tar.gz", "text/html", "1F8B0800")]
    [InlineData("scene.tar.gz", "text/plain", "1F8B0800")]
    [InlineData("scene.tar.gz", "application/xml", "1F8B0800")]
    [InlineData("thumb.png", "text/html", "89504E470D0A1A0A")]
    [InlineData("B04.tif", "text/html; charset=iso-8859-1", "49492A00")]
    [InlineData("x.npy", "text/plain", "934E554D50590100")]
    [InlineData("model.bin", "application/octet-stream", "3C6E6F7420612070616765203E2000")]
    [InlineData("B04.tif", "image/tiff", "3C7764687A0B2FE6523B283A4D348D3F")]
    [InlineData("scene.tar.gz", "application/octet-stream", "FFFE01BC9A20113C")]
    public async Task A_file_with_the_media_type_of_a_page_is_still_a_file(string name, string type, string firstBytes)
    {
        Convert.FromHexString(firstBytes).CopyTo(Remote.Bytes, 0);
        Remote.Headers.Add(new("Content-Type", type));
        await InterruptAsync(request: For(name));

        var resumed = await DownloadAsync(For(name));
        var again = await DownloadAsync(For(name));

        await AssertFileAsync(Remote.Bytes, resumed);
        Assert.True(resumed.ResumedFrom > 0);
        Assert.Equal((SkipReason.Receipt, 0), (again.SkipReason, again.Restarts));
    }

    [Theory]
    [InlineData("scene.tar.gz", "application/gzip", "text/html", Html, IfExists.Resume)]
    [InlineData("scene.tar.gz", "application/gzip", "text/html", Html, IfExists.Overwrite)]
    [InlineData("B04.tif", "image/tiff", "application/xml", Xml, IfExists.Resume)]
    [InlineData("B04.tif", "image/tiff", "application/xml", Xml, IfExists.Overwrite)]
    [InlineData("x.npy", "application/octet-stream", "application/json", Json, IfExists.Resume)]
    [InlineData("x.npy", "application/octet-stream", "application/json", Json, IfExists.Overwrite)]
    [InlineData("thumb.png", "image/png", "text/plain", Words, IfExists.Overwrite)]
    public async Task A_page_never_replaces_a_complete_file(string name, string typeBefore, string type, string page, IfExists ifExists)
    {
        Remote.Headers.Add(new("Content-Type", typeBefore));
        var whole = await DownloadAsync(For(name));
        Remote.Twist = (_, _) => Page(type, page);

        await AssertRefusedAsync(For(name) with { Options = new() { IfExists = ifExists } });

        await AssertFileAsync(Remote.Bytes, whole);
    }

    [Theory]
    [InlineData("scene.tar.gz", "application/gzip", "text/html", Html)]
    [InlineData("B04.tif", "image/tiff", "application/xml", Xml)]
    [InlineData("x.npy", "application/octet-stream", "application/json", Json)]
    [InlineData("thumb.png", "image/png", "text/plain", Words)]
    public async Task A_part_file_is_kept_when_a_page_is_received_and_resumed_later(string name, string typeBefore, string type, string page)
    {
        Remote.Headers.Add(new("Content-Type", typeBefore));
        await InterruptAsync(request: For(name));
        var before = await ReadAllAsync();
        Remote.Twist = (_, _) => Page(type, page);

        await AssertRefusedAsync(For(name));
        var after = await ReadAllAsync();
        Remote.Twist = null;
        var result = await DownloadAsync(For(name));

        Assert.Equal(before, after);
        await AssertFileAsync(Remote.Bytes, result);
        Assert.True(result.ResumedFrom > 0);
        Assert.Equal(0, result.Restarts);
    }

    [Theory]
    [InlineData("scene.tar.gz", "/sso/login?next=scene.tar.gz")]
    [InlineData("B04.tif", "/signin")]
    [InlineData("17/download", "/sso/login")]
    [InlineData("17/download", "/")]
    public async Task A_redirect_to_a_login_page_stores_no_file(string path, string login)
    {
        Remote.Twist = (request, _) => request.Path == login ? Page("text/html", Html) : ScriptedAnswer.Of(302, []).With("Location", login);

        await AssertRefusedAsync(For(path));

        Assert.Empty(Directory.GetFiles(Output));
    }

    [Fact]
    public async Task A_redirect_to_a_login_page_does_not_change_the_complete_file()
    {
        var isSignedOn = true;
        Remote.Twist = (request, answer) => request.Path == "/sso/login" ? Page("text/html", Html)
            : isSignedOn ? answer : ScriptedAnswer.Of(302, []).With("Location", "/sso/login");
        var whole = await DownloadAsync(For("scene.tar.gz"));
        isSignedOn = false;

        await AssertRefusedAsync(For("scene.tar.gz"));

        await AssertFileAsync(Remote.Bytes, whole);
    }

    [Theory]
    [InlineData("scene.tar.gz", "/store/0f3c9a", "scene.tar.gz")]
    [InlineData("scene.tar.gz", "/store/v2.tar.gz", "v2.tar.gz")]
    [InlineData("18/download", "/files/scene.tar.gz", "scene.tar.gz")]
    public async Task The_file_is_named_after_the_redirect_target_if_that_has_an_extension(string path, string end, string name)
    {
        Remote.Twist = (request, answer) => request.Path == end ? answer : ScriptedAnswer.Of(302, []).With("Location", end);

        var result = await DownloadAsync(For(path));

        Assert.Equal(name, Path.GetFileName(result.Path));
        await AssertFileAsync(Remote.Bytes, result);
    }

    [Theory]
    [InlineData("text/html", Html)]
    [InlineData("application/xml", Xml)]
    [InlineData("application/json", Json)]
    [InlineData("text/plain", Words)]
    public async Task Without_an_extension_a_page_is_detected_by_a_changed_media_type(string type, string page)
    {
        Remote.Headers.Add(new("Content-Type", "application/gzip"));
        var whole = await DownloadAsync(For("archive/v1/17"));
        Remote.Twist = (_, _) => Page(type, page);

        await AssertRefusedAsync(For("archive/v1/17"));

        await AssertFileAsync(Remote.Bytes, whole);
    }

    [Fact]
    public async Task Without_an_extension_a_part_file_is_kept_and_resumed_after_a_page()
    {
        Remote.Headers.Add(new("Content-Type", "application/gzip"));
        await InterruptAsync(request: For("archive/v1/17"));
        Remote.Twist = (_, _) => Page("text/html", Html);

        await AssertRefusedAsync(For("archive/v1/17"));
        Remote.Twist = null;
        var result = await DownloadAsync(For("archive/v1/17"));

        await AssertFileAsync(Remote.Bytes, result);
        Assert.True(result.ResumedFrom > 0);
    }

    [Fact]
    public async Task A_new_version_with_another_media_type_is_not_a_page()
    {
        Remote.Headers.Add(new("Content-Type", "application/gzip"));
        await DownloadAsync(For("archive/v1/17"));
        Remote.Headers.Clear();
        Remote.Headers.Add(new("Content-Type", "application/octet-stream"));
        (Remote.Bytes, Remote.ETag) = (OtherBytes(), "\"v2\"");

        var result = await DownloadAsync(For("archive/v1/17"));

        await AssertFileAsync(Remote.Bytes, result);
        Assert.False(result.Skipped);
    }

    [Theory]
    [InlineData("index.html", "text/html", Html)]
    [InlineData("report.htm", "text/html; charset=utf-8", Html)]
    [InlineData("page.xhtml", "application/xhtml+xml", Html)]
    [InlineData("metadata.xml", "application/xml", Kml)]
    [InlineData("manifest.safe", "text/xml", Kml)]
    [InlineData("B04.tif.aux.xml", "text/xml", Kml)]
    [InlineData("logo.svg", "image/svg+xml", Kml)]
    [InlineData("area.kml", "application/vnd.google-earth.kml+xml", Kml)]
    [InlineData("mosaic.vrt", "application/xml", Kml)]
    [InlineData("feed.rss", "application/rss+xml", Kml)]
    [InlineData("items.json", "application/json", Json)]
    [InlineData("items.json", "text/html", Json)]
    [InlineData("items.geojson", "application/geo+json", Json)]
    [InlineData("table.csv", "text/csv", "a,b\n1,2\n")]
    [InlineData("notes.txt", "text/plain", "<html> is a tag\n")]
    [InlineData("README", "text/plain", "hello\n")]
    [InlineData("collection", "application/json", Json)]
    [InlineData("17", "text/html", Html)]
    public async Task A_requested_page_is_stored_as_a_file(string name, string type, string page)
    {
        Remote.Twist = (_, _) => Page(type, page).With("ETag", "\"v1\"");

        var first = await DownloadAsync(For(name));
        var again = await DownloadAsync(For(name));

        Assert.Equal(name, Path.GetFileName(first.Path));
        await AssertFileAsync(Encoding.UTF8.GetBytes(page), first);
        Assert.Equal((false, SkipReason.Receipt), (first.Skipped, again.SkipReason));
    }

    [Theory]
    [InlineData("scene.tar.gz")]
    [InlineData("17/download")]
    public async Task A_page_is_stored_when_pages_are_allowed(string path)
    {
        Remote.Twist = (request, answer) => request.Path == "/login" ? Page("text/html", Html) : ScriptedAnswer.Of(302, []).With("Location", "/login");

        var result = await DownloadAsync(For(path) with { Options = new() { AllowPages = true } });

        await AssertFileAsync(Encoding.UTF8.GetBytes(Html), result);
    }

    [Fact]
    public async Task The_message_for_a_refused_page_names_the_option_that_allows_pages()
    {
        Remote.Twist = (_, _) => Page("text/html", Html);

        var error = await AssertRefusedAsync(For("scene.tar.gz"));

        Assert.Contains("or set AllowPages.", error.Message, StringComparison.Ordinal);
        Assert.Equal(Server.Url("scene.tar.gz").ToString(), error.RequestUrl?.ToString());
    }

    [Fact]
    public async Task The_file_name_given_by_the_caller_determines_the_expected_kind_of_file()
    {
        Remote.Twist = (_, _) => Page("text/html", Html);

        await AssertRefusedAsync(For("get?id=17") with { FileName = "scene.tar.gz" });
        await AssertRefusedAsync(For("get?id=17") with { LikelyFileName = "scene.tar.gz" });
        var page = await DownloadAsync(For("scene.tar.gz") with { FileName = "page.html" });

        await AssertFileAsync(Encoding.UTF8.GetBytes(Html), page);
    }

    [Fact]
    public async Task The_message_about_a_page_contains_no_secret()
    {
        Remote.Twist = (_, _) => Page("text/html", "<html>No entry for /scene.tar.gz?sig=s3cret-signature</html>");

        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync(For("scene.tar.gz?sig=s3cret-signature")));

        Assert.Equal(DownloadFailure.UnexpectedPage, error.Reason);
        Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_longer_than_any_page_is_not_inspected()
    {
        Remote.Bytes = RandomNumberGenerator.GetBytes(2 * 1024 * 1024);
        Encoding.ASCII.GetBytes("<html>").CopyTo(Remote.Bytes, 0);
        Remote.Headers.Add(new("Content-Type", "application/octet-stream"));

        await AssertWholeAsync(await DownloadAsync());
    }

    private DownloadRequest For(string path) => Request with { Url = Server.Url(path) };

    private static ScriptedAnswer Page(string? type, string text)
    {
        var answer = ScriptedAnswer.Of(200, Encoding.UTF8.GetBytes(text));
        return type is null ? answer : answer.With("Content-Type", type);
    }

    private async Task<DownloadException> AssertRefusedAsync(DownloadRequest request)
    {
        var error = await Assert.ThrowsAsync<DownloadException>(() => DownloadAsync(request));
        Assert.Equal((DownloadFailure.UnexpectedPage, (HttpStatusCode?)HttpStatusCode.OK), (error.Reason, error.StatusCode));
        Assert.Contains(Words, error.ServerMessage, StringComparison.Ordinal);
        Assert.Contains($"The server said: {error.ServerMessage}", error.Message, StringComparison.Ordinal);
        return error;
    }

    private async Task<Dictionary<string, string>> ReadAllAsync()
    {
        var all = new Dictionary<string, string>();
        foreach (var path in Directory.GetFiles(Output))
        {
            all[path] = Md5(await File.ReadAllBytesAsync(path));
        }

        return all;
    }
}
