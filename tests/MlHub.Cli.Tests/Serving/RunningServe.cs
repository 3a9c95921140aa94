namespace MlHub.Cli.Tests;

/// <summary><c>mlhub serve</c> on a free port, until <see cref="StopAsync"/>.</summary>
internal sealed class RunningServe : IAsyncDisposable
{
    private readonly CancellationTokenSource _interruption = new(TimeSpan.FromMinutes(1));
    private readonly WatchedStream _output = new();
    private readonly Task<Outcome> _serving;

    private RunningServe(TimeProvider clock, string[] args) =>
        _serving = Mlhub.RunAsync(Mlhub.Pipe with { Output = _output, Clock = clock }, _interruption.Token, ["serve", "--port", "0", .. args]);

    /// <summary>What it has printed when it was ready.</summary>
    public string Guide { get; private set; } = "";

    /// <summary>The root of the API that the guide names.</summary>
    public Uri Root => new(Guide.Split(' ', '\n').First(word => word.StartsWith("http", StringComparison.Ordinal)));

    public static Task<RunningServe> StartAsync(params string[] args) => StartAsync(TimeProvider.System, args);

    public static async Task<RunningServe> StartAsync(TimeProvider clock, params string[] args)
    {
        var serve = new RunningServe(clock, args);
        var written = serve._output.FirstWriteAsync();
        if (await Task.WhenAny(written, serve._serving) != written)
        {
            Assert.Fail($"mlhub serve has ended: {(await serve._serving).Error}");
        }

        serve.Guide = await written;
        return serve;
    }

    /// <summary>The status of a response to a request on this machine.</summary>
    public async Task<int> StatusAsync(string path)
    {
        using var client = new HttpClient();
        using var response = await client.GetAsync(new Uri($"http://127.0.0.1:{Root.Port}{path}"));
        return (int)response.StatusCode;
    }

    /// <summary>Interrupts it as Ctrl-C does.</summary>
    public async Task<Outcome> StopAsync()
    {
        await _interruption.CancelAsync();
        return await _serving with { Output = Guide };
    }

    public async ValueTask DisposeAsync()
    {
        await _interruption.CancelAsync();
        await _serving;
        _interruption.Dispose();
        await _output.DisposeAsync();
    }
}
