using System.CommandLine;
using MlHub.Server;

namespace MlHub.Cli;

/// <summary>The options of <c>mlhub serve</c> about what a client may take.</summary>
internal sealed class LimitChoices
{
    private static readonly MlHubServerLimits Defaults = new();

    private readonly Option<int?> _requestsPerSecond = new("--requests-per-second")
    {
        HelpName = "N",
        Description = "The number of API requests per second for each key; with --no-key, for each client address. Further ones get a 429. Default: no limit.",
        CustomParser = Values.Number("--requests-per-second", min: 1),
    };

    private readonly Option<int?> _downloads = new("--downloads")
    {
        HelpName = "N",
        Description = "The number of downloads at the same time. Further ones get a 503, and clients try again. Default: no limit.",
        CustomParser = Values.Number("--downloads", min: 1),
    };

    private readonly Option<int?> _downloadsPerClient = new("--downloads-per-client")
    {
        HelpName = "N",
        Description = "The number of downloads at the same time for each client address. Further ones get a 429. Default: no limit.",
        CustomParser = Values.Number("--downloads-per-client", min: 1),
    };

    private readonly Option<int?> _maxConnections = new("--max-connections")
    {
        HelpName = "N",
        Description = $"The number of open connections. Further ones are closed. Default: {Defaults.Connections}.",
        CustomParser = Values.Number("--max-connections", min: 1),
    };

    private readonly Option<int?> _minRate = new("--min-rate")
    {
        HelpName = "BYTES",
        Description = $"Close the connection of a client that reads fewer bytes per second. 0: never. Default: {Defaults.ResponseBytesPerSecond}.",
        CustomParser = Values.Number("--min-rate", min: 0),
    };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_requestsPerSecond, _downloads, _downloadsPerClient, _maxConnections, _minRate])
        {
            command.Options.Add(option);
        }
    }

    public MlHubServerOptions Apply(CommandRun run, MlHubServerOptions options) => options with
    {
        Limits = Defaults with
        {
            RequestsPerSecond = run.Value(_requestsPerSecond),
            Downloads = run.Value(_downloads),
            DownloadsPerClient = run.Value(_downloadsPerClient),
            Connections = run.Value(_maxConnections) ?? Defaults.Connections,
            ResponseBytesPerSecond = run.Value(_minRate) is { } rate ? (rate == 0 ? null : rate) : Defaults.ResponseBytesPerSecond,
        },
    };
}
