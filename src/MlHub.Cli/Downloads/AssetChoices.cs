using System.CommandLine;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary>The options of every command that downloads the assets of items.</summary>
internal sealed class AssetChoices
{
    private readonly Option<string[]> _assets = new Option<string[]>("--asset")
    {
        HelpName = "KEY",
        Description = "Only assets with this key. Can be repeated. Default: all assets.",
    }.NotEmpty();

    private readonly Option<int?> _concurrency = new("--concurrency")
    {
        HelpName = "N",
        Description = "Download N files at the same time, 1 to 256. Default: 8.",
        CustomParser = Values.Number("--concurrency", min: 1, max: 256),
    };

    public DownloadChoices Download { get; } = new();

    public void AddTo(Command command)
    {
        command.Options.Add(_assets);
        command.Options.Add(_concurrency);
        Download.AddTo(command);
    }

    public AssetDownloadOptions Options(CommandRun run) => new()
    {
        Keys = run.Value(_assets) ?? [],
        Concurrency = run.Value(_concurrency),
        Download = Download.Options(run),
    };
}
