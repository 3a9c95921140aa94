using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MlHub.Hub.Tests;

/// <summary>
/// A bucket after the documentation of ListObjectsV2, with what s3rver does not have: percent-encoded keys, short pages, ETags of pages, and answers that are wrong. It remembers all requests.
/// </summary>
internal sealed class StubBucket : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly SortedDictionary<string, byte[]> _objects = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<(string Query, string Path, string UserAgent, int Status)> _requests = [];

    private StubBucket(WebApplication application) => _application = application;

    public Uri Bucket => new($"{_application.Urls.Single()}/bucket");

    /// <summary>The number of objects on a page.</summary>
    public int PageSize { get; set; } = 1000;

    /// <summary>Whether pages have ETags, as behind a cache.</summary>
    public bool HasPageETags { get; set; }

    /// <summary>Answers a request instead of the bucket, if it returns something.</summary>
    public Func<HttpRequest, IResult?> Instead { get; set; } = _ => null;

    public IReadOnlyList<(string Query, string Path, string UserAgent, int Status)> Requests => [.. _requests];

    public string Place(string prefix = "") => $$"""{ "type": "s3", "url": "{{Bucket}}", "prefix": "{{prefix}}" }""";

    public static async Task<StubBucket> StartAsync(int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Logging.ClearProviders();
        var application = builder.Build();
        var bucket = new StubBucket(application);
        application.Run(async context =>
        {
            await bucket.Answer(context.Request).ExecuteAsync(context);
            var path = Uri.UnescapeDataString(context.Request.Path.ToUriComponent());
            bucket._requests.Enqueue((context.Request.QueryString.Value ?? "", path, context.Request.Headers.UserAgent.ToString(), context.Response.StatusCode));
        });
        await application.StartAsync();
        return bucket;
    }

    public void Put(string key, string content) => _objects[key] = Encoding.UTF8.GetBytes(content);

    public void Put(IEnumerable<(string Key, string Content)> files)
    {
        foreach (var (key, content) in files)
        {
            Put(key, content);
        }
    }

    public void Delete(string key) => _objects.Remove(key);

    public void Forget() => _requests.Clear();

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    /// <summary>A page of a listing.</summary>
    public static IResult Page(string rest) =>
        Results.Content($"""<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bucket</Name>{rest}</ListBucketResult>""", "application/xml");

    private IResult Answer(HttpRequest request)
    {
        if (Instead(request) is { } other)
        {
            return other;
        }

        if (request.Query["list-type"] == "2")
        {
            return List(request);
        }

        return _objects.TryGetValue(Uri.UnescapeDataString(request.Path.ToUriComponent())["/bucket/".Length..], out var bytes)
            ? Results.Bytes(bytes, "application/octet-stream", entityTag: new Microsoft.Net.Http.Headers.EntityTagHeaderValue(ETag(bytes)))
            : Results.NotFound();
    }

    private IResult List(HttpRequest request)
    {
        var start = int.Parse(request.Query["continuation-token"] is [{ } token] ? token[1..] : "0", CultureInfo.InvariantCulture);
        var found = _objects.Where(entry => entry.Key.StartsWith(request.Query["prefix"].ToString(), StringComparison.Ordinal)).ToArray();
        var page = found.Skip(start).Take(PageSize).ToArray();
        var isLast = start + page.Length >= found.Length;
        var xml = new StringBuilder("<EncodingType>url</EncodingType>");
        foreach (var (key, bytes) in page)
        {
            xml.Append(CultureInfo.InvariantCulture, $"<Contents><Key>{string.Join('/', key.Split('/').Select(Uri.EscapeDataString)).Replace("%20", "+", StringComparison.Ordinal)}</Key><LastModified>2024-05-06T07:08:09.000Z</LastModified><ETag>&quot;{ETag(bytes).Trim('"')}&quot;</ETag><Size>{bytes.Length}</Size></Contents>");
        }

        xml.Append(CultureInfo.InvariantCulture, $"<IsTruncated>{(isLast ? "false" : "true")}</IsTruncated>");
        if (!isLast)
        {
            xml.Append(CultureInfo.InvariantCulture, $"<NextContinuationToken>={start + page.Length}</NextContinuationToken>");
        }

        var etag = ETag(Encoding.UTF8.GetBytes(xml.ToString()));
        if (HasPageETags)
        {
            request.HttpContext.Response.Headers.ETag = etag;
            if (request.Headers.IfNoneMatch == etag)
            {
                return Results.StatusCode(StatusCodes.Status304NotModified);
            }
        }

        return Page(xml.ToString());
    }

    private static string ETag(byte[] bytes) => $"\"{Convert.ToHexStringLower(MD5.HashData(bytes))}\"";
}
