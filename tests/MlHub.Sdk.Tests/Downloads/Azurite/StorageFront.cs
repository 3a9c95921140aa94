using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>An API in front of the storage: checks the key, and redirects each request for an archive to a newly signed address.</summary>
internal sealed class StorageFront : IAsyncDisposable
{
    public const string Key = "the-api-key-of-the-tests";
    private readonly WebApplication _application;
    private int _asked;

    private StorageFront(WebApplication application) => _application = application;

    /// <summary>The number of requests for archives.</summary>
    public int Asked => Volatile.Read(ref _asked);

    public Uri Root => new(_application.Urls.Single() + "/");

    /// <param name="sign">Gives the address for the name of an archive and the number of the question, from one.</param>
    public static async Task<StorageFront> StartAsync(Func<string, int, Uri> sign)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var application = builder.Build();
        var front = new StorageFront(application);
        application.MapGet("/archive/{name}", (string name, string? key) =>
            key == Key ? Results.Redirect(sign(name, Interlocked.Increment(ref front._asked)).AbsoluteUri) : Results.Unauthorized());
        await application.StartAsync();
        return front;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
