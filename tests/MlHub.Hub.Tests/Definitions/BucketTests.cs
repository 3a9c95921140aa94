using Microsoft.AspNetCore.Http;

namespace MlHub.Hub.Tests;

/// <summary>What a bucket may have or answer. The bucket is a stub after the documentation of ListObjectsV2.</summary>
public sealed class BucketTests
{
    [Fact]
    public async Task Odd_keys_are_served_and_folders_are_no_files()
    {
        string[] names = ["a b", "a+b", "ü–é", "100%", "what#?", "a&b=c", "quote'\"", "<tag>", "tab\tline\nend", "\u0001control", "😀"];
        await using var bucket = await StubBucket.StartAsync();
        bucket.Put("in/archives/crops_source.tar.gz", "an archive");
        bucket.Put("in/", "");
        bucket.Put("in/folder/", "");
        bucket.Put("in/labels//.tif", "no segment");
        bucket.Put("in/labels/../up.tif", "up");
        foreach (var name in names)
        {
            bucket.Put($"in/labels/{name}.tif", name);
        }

        await using var hubs = new OpenHubs();
        var hub = await hubs.OpenAsync(Definition.Crops(bucket.Place("in/")));
        using var http = new HttpClient();

        Assert.Equal(names.Select(name => $"crops_labels_{name}").Order(StringComparer.Ordinal), (await OpenHubs.ItemsAsync(hub, "crops_labels")).Order(StringComparer.Ordinal));
        foreach (var name in names)
        {
            Assert.Equal(name, await http.GetStringAsync(new Uri(await OpenHubs.HrefAsync(hub, "crops_labels", $"crops_labels_{name}", "data"))));
        }

        Assert.Equal(
            [("crops/labels/../up.tif", "no address can name it: a part of its key is \".\" or \"..\""), ("crops/labels//.tif", "no template of the definition matches its path")],
            (await hub.ListLeftOutAsync()).Select(file => (file.Path, file.Reason)));
    }

    [Fact]
    public async Task Every_request_has_our_own_user_agent()
    {
        await using var bucket = await StubBucket.StartAsync();
        bucket.Put("one.json", HubDirectory.Item("one", "c"));
        await using var hubs = new OpenHubs();

        await hubs.OpenAsync(Definition.Stac(bucket.Place()));

        Assert.Equal(2, bucket.Requests.Count);
        Assert.All(bucket.Requests, request => Assert.StartsWith("mlhub-hub/", request.UserAgent, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(StatusCodes.Status429TooManyRequests)]
    [InlineData(StatusCodes.Status500InternalServerError)]
    [InlineData(StatusCodes.Status503ServiceUnavailable)]
    public async Task A_request_is_repeated_when_the_server_says_later(int status)
    {
        await using var bucket = await StubBucket.StartAsync();
        bucket.Put(Definition.Files);
        var refusals = 2;
        bucket.Instead = request =>
        {
            request.HttpContext.Response.Headers.RetryAfter = "0";
            return refusals-- > 0 ? Results.StatusCode(status) : null;
        };
        await using var hubs = new OpenHubs();

        var hub = await hubs.OpenAsync(Definition.Crops(bucket.Place()), new DefinedHubOptions { Attempts = 3 });

        Assert.Equal(4, (await OpenHubs.ItemsAsync(hub, "crops_source")).Length);
        Assert.Equal(3, bucket.Requests.Count);
    }

    [Fact]
    public async Task A_bucket_that_may_not_be_listed_is_named_with_what_to_do()
    {
        await using var bucket = await StubBucket.StartAsync();
        bucket.Instead = request => Results.Content("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>", "application/xml", statusCode: 403);
        await using var hubs = new OpenHubs();

        var error = await Assert.ThrowsAnyAsync<IOException>(() => hubs.OpenAsync(Definition.Crops(bucket.Place())));

        Assert.Equal($"the dataset 'crops' cannot be served: {bucket.Bucket} answered 403 (AccessDenied). Everybody must be allowed to list the bucket (s3:ListBucket) and to read its objects.", error.Message);
        Assert.Single(bucket.Requests);
    }

    [Theory]
    [InlineData("<IsTruncated>true</IsTruncated><NextContinuationToken>same</NextContinuationToken>", "repeats a page of its listing")]
    [InlineData("<Contents><Key>labels/01.tif</Key><Size>1</Size></Contents><IsTruncated>true</IsTruncated><NextContinuationToken>{n}</NextContinuationToken>", "lists the same objects again and again")]
    [InlineData("<IsTruncated>true</IsTruncated><NextContinuationToken>{n}</NextContinuationToken>", "does not end")]
    [InlineData("<IsTruncated>true</IsTruncated>", "says that its listing goes on, and not where")]
    [InlineData("<Contents><Key>labels/01.tif</Key>", "sent XML that cannot be read")]
    [InlineData("]]&entity;", "sent XML that cannot be read")]
    public async Task A_listing_with_wrong_continuation_tokens_is_an_error_and_not_an_endless_loop(string rest, string problem)
    {
        await using var bucket = await StubBucket.StartAsync();
        var number = 0;
        bucket.Instead = _ => StubBucket.Page(rest.Replace("{n}", $"{number++}", StringComparison.Ordinal));
        await using var hubs = new OpenHubs();

        var error = await Assert.ThrowsAnyAsync<IOException>(() => hubs.OpenAsync(Definition.Crops(bucket.Place())));

        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<html><body>Welcome</body></html>", "sent something else than a listing")]
    [InlineData("not XML at all", "sent XML that cannot be read")]
    [InlineData("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><ListBucketResult><Contents><Key>labels/&x;.tif</Key></Contents></ListBucketResult>", "sent XML that cannot be read")]
    public async Task An_answer_that_is_no_listing_is_an_error(string body, string problem)
    {
        await using var bucket = await StubBucket.StartAsync();
        bucket.Instead = _ => Results.Content(body, "application/xml");
        await using var hubs = new OpenHubs();

        var error = await Assert.ThrowsAnyAsync<IOException>(() => hubs.OpenAsync(Definition.Crops(bucket.Place())));

        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answers_that_are_made_to_cost_time_end_soon()
    {
        await using var bucket = await StubBucket.StartAsync();
        var pieces = string.Concat(Enumerable.Repeat("<![CDATA[x]]>", 300_000));
        string[] bodies =
        [
            $"<ListBucketResult>{string.Concat(Enumerable.Repeat("<a>", 300_000))}",
            $"<ListBucketResult><Contents><Key>labels/{pieces}.tif</Key></Contents></ListBucketResult>",
            $"<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>{new string('x', 70_000)}</NextContinuationToken></ListBucketResult>",
        ];
        await using var hubs = new OpenHubs();
        foreach (var (body, expected) in bodies.Zip(["sent something else than a listing", null, "answered 414"]))
        {
            bucket.Instead = _ => Results.Content(body, "application/xml");
            var error = await Record.ExceptionAsync(() => hubs.OpenAsync(Definition.Crops(bucket.Place())).WaitAsync(TimeSpan.FromSeconds(60)));
            Assert.True(expected is null ? error is null : error is IOException && error.Message.Contains(expected, StringComparison.Ordinal), error?.ToString());
            Directory.EnumerateFiles(hubs.Index, "*.listing").ToList().ForEach(File.Delete);
            File.Delete(Path.Combine(hubs.Index, "index.db"));
        }
    }

    [Fact]
    public async Task STAC_files_that_cannot_be_read_are_left_out_and_stop_nothing()
    {
        await using var bucket = await StubBucket.StartAsync();
        bucket.Put("one.json", HubDirectory.Item("one", "c"));
        bucket.Put("forbidden.json", HubDirectory.Item("forbidden", "c"));
        bucket.Put("wrong.json", "{\n\"id\": ");
        bucket.Put("other.json", "{\"some\": \"data\"}");
        bucket.Instead = request => request.Path.Value == "/bucket/forbidden.json" ? Results.StatusCode(403) : null;
        await using var hubs = new OpenHubs();

        var hub = await hubs.OpenAsync(Definition.Stac(bucket.Place()));

        Assert.Equal(["one"], await OpenHubs.ItemsAsync(hub, "c"));
        Assert.Equal(
            [("crops/forbidden.json", "it cannot be read: the server answered 403"), ("crops/wrong.json", "it is not JSON: line 2 is wrong")],
            (await hub.ListLeftOutAsync()).Select(file => (file.Path, file.Reason)));
        bucket.Instead = _ => null;
        Assert.True(await hub.RefreshAsync());
        Assert.Equal(["forbidden", "one"], await OpenHubs.ItemsAsync(hub, "c"));
    }
}
