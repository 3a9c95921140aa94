using System.Diagnostics;
using System.Net;

namespace MlHub.Docs.Tests;

/// <summary>Each sample runs against the sandbox server, as a process of its own.</summary>
[Collection(nameof(SandboxFixture))]
public sealed class SampleTests(SandboxFixture sandbox)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task The_quickstart_lists_datasets_and_items_and_downloads_three_archives()
    {
        var output = await RunAsync("Quickstart", _ => false);

        Assert.Contains("sandbox_crops_kenya: ", output, StringComparison.Ordinal);
        Assert.Contains("has the files B02, B03, B04, B08", output, StringComparison.Ordinal);
        Assert.Equal(3, output.Split('\n').Count(line => line.Contains(".tar.gz, verified by ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_worker_mirrors_a_dataset()
    {
        var directory = Path.Combine(sandbox.Directory, "mirror");

        await RunAsync("Worker", line => line.Contains("3 archives fetched, 0 are up to date", StringComparison.Ordinal), $"--Mirror:Directory={directory}");

        Assert.Equal(3, Directory.GetFiles(directory).Length);
    }

    [Fact]
    public async Task The_web_api_lists_datasets_and_redirects_to_the_files_of_an_item()
    {
        const string Item = "collections/sandbox_crops_kenya_s2/items/sandbox_crops_kenya_s2_tile_01_20190904";
        const string Listening = "Now listening on: ";
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });

        await RunAsync("WebApi", line => line.Contains(Listening, StringComparison.Ordinal), [], async line =>
        {
            var address = new Uri(line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..]);

            Assert.Contains("sandbox_flood_bangladesh", await http.GetStringAsync(new Uri(address, "datasets?text=flood")), StringComparison.Ordinal);
            Assert.Contains("\"Feature\"", await http.GetStringAsync(new Uri(address, Item)), StringComparison.Ordinal);
            using var missing = await http.GetAsync(new Uri(address, "collections/sandbox_crops_kenya_s2/items/none"));
            Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
            using var file = await http.GetAsync(new Uri(address, $"{Item}/B04"));
            Assert.Equal((HttpStatusCode.Redirect, "B04.tif"), (file.StatusCode, file.Headers.Location!.Segments[^1]));
        });
    }

    private Task<string> RunAsync(string sample, Func<string, bool> isReady, params string[] args) => RunAsync(sample, isReady, args, _ => Task.CompletedTask);

    /// <summary>Runs a sample to its end, or until a line of its output shows that it is ready. Then it is used, and ended.</summary>
    private async Task<string> RunAsync(string sample, Func<string, bool> isReady, string[] args, Func<string, Task> useAsync)
    {
        var program = Repository.OutputOf($"samples/{sample}");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(program, $"{sample}.dll"), .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = sandbox.Directory,
        };
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["DOTNET_CONTENTROOT"] = program;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        try
        {
            List<string> lines = [];
            while (await process.StandardOutput.ReadLineAsync().WaitAsync(Patience) is { } line)
            {
                lines.Add(line);
                if (isReady(line))
                {
                    await useAsync(line);
                    return string.Join('\n', lines);
                }
            }

            await process.WaitForExitAsync().WaitAsync(Patience);
            Assert.True(process.ExitCode == 0, await error);
            return string.Join('\n', lines);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
