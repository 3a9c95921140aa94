#:sdk Microsoft.NET.Sdk.Web
#:property RestorePackagesWithLockFile=false

// Serves a directory, and answers every request for a file below /files 50 ms late, as a server far away does. Prints the root URL. eng/compare measures with it.
//
//   dotnet run eng/serve-late.cs -- DIRECTORY
var delay = TimeSpan.FromMilliseconds(50);
var root = Path.GetFullPath(args[0]);
var builder = WebApplication.CreateSlimBuilder();
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Logging.ClearProviders();
await using var app = builder.Build();
app.Run(async context =>
{
    var path = context.Request.Path.Value!.Trim('/');
    var file = new FileInfo(Path.Combine(root, path));
    if (!file.FullName.StartsWith(root, StringComparison.Ordinal) || !file.Exists)
    {
        context.Response.StatusCode = 404;
        return;
    }

    if (path.StartsWith("files/", StringComparison.Ordinal))
    {
        await Task.Delay(delay);
    }

    context.Response.ContentType = path.EndsWith(".tif", StringComparison.Ordinal) ? "image/tiff" : path.StartsWith("catalog/", StringComparison.Ordinal) ? "application/gzip" : "application/json";
    context.Response.ContentLength = file.Length;
    context.Response.Headers.ETag = $"\"{file.LastWriteTimeUtc.Ticks:x}-{file.Length:x}\"";
    await context.Response.SendFileAsync(file.FullName);
});
await app.StartAsync();
Console.WriteLine(app.Urls.First() + "/");
await app.WaitForShutdownAsync();
