using System.CommandLine;
using System.Globalization;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary><c>mlhub assets lock</c>.</summary>
internal sealed class AssetsLockCommand
{
    private readonly AssetsSource _source = new();
    private readonly AssetFilterChoices _filter = new();

    private readonly Option<string> _output = new Option<string>("--output", "-o") { HelpName = "DIR", Description = "The directory of the download. Default: the current directory." }.NotEmpty();

    private readonly Option<string> _assetOutput = new Option<string>("--asset-output")
    {
        HelpName = "DIR",
        Description = "The directory of the assets and of their database. Default: that of --output.",
    }.NotEmpty();

    private readonly Option<string> _lock = new Option<string>("--lock") { HelpName = "FILE", Description = $"The lock to write. Default: {AssetsLock.DefaultFileName} in the current directory." }.NotEmpty();

    private readonly Option<IReadOnlyDictionary<string, double>?> _split = new("--split")
    {
        HelpName = "NAME=SHARE,…",
        Description = "Put each item into one of these splits, for example train=0.8,test=0.2. The shares must be 1 together.",
        CustomParser = result => Splits(result.Tokens[0].Value, result),
    };

    private readonly Option<int?> _seed = new("--seed") { HelpName = "N", Description = "Decides which items are in which split. Default: 0.", CustomParser = Values.Number("--seed", min: 0, max: int.MaxValue) };

    public static Command Create(CommandFactory factory)
    {
        var choices = new AssetsLockCommand();
        var command = new Command("lock", "Write a lock of downloaded assets: their digests, and splits. With it, --locked downloads the same bytes again.");
        choices._source.AddTo(command);
        choices._filter.AddTo(command);
        foreach (var option in (Option[])[choices._output, choices._assetOutput, choices._lock, choices._split, choices._seed])
        {
            command.Options.Add(option);
        }

        return factory.WithBody(command, choices.RunAsync);
    }

    private async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var options = _source.Options(run, _filter.Filter(run)) with
        {
            AssetDirectory = run.Value(_assetOutput) is { } directory ? DownloadChoices.Directory(run, "--asset-output", directory) : null,
        };
        var output = DownloadChoices.Directory(run, "--output", run.Value(_output) ?? ".");
        var path = run.Value(_lock) ?? AssetsLock.DefaultFileName;
        var client = await run.ConnectAsync(cancellationToken).ConfigureAwait(false);
        return await _source.UseAsync(run, client, options, (dataset, chosen) => LockAsync(run, dataset, path, output, chosen, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    private async Task<int> LockAsync(CommandRun run, Dataset dataset, string path, string output, DatasetAssetsOptions options, CancellationToken cancellationToken)
    {
        var locked = await dataset.LockAssetsAsync(path, output, options, run.Value(_split), run.Value(_seed) ?? 0, cancellationToken).ConfigureAwait(false);
        await run.Results.SingleAsync(
            DownloadJson.Write(json =>
            {
                json.WriteString("lock", locked.LockPath);
                json.WriteNumber("files", locked.Files);
                json.WriteNumber("bytes", locked.Bytes);
                json.WriteStartObject("splits");
                foreach (var (name, files) in locked.Splits)
                {
                    json.WriteNumber(name, files);
                }

                json.WriteEndObject();
            }),
            () =>
            [
                ("Lock", locked.LockPath),
                ("Files", locked.Files.ToString(CultureInfo.InvariantCulture)),
                ("Bytes", run.Environment.OutputIsTerminal ? Sizes.Of(locked.Bytes) : locked.Bytes.ToString(CultureInfo.InvariantCulture)),
                .. locked.Splits.Select(split => ($"Files of {split.Key}", (string?)split.Value.ToString(CultureInfo.InvariantCulture))),
            ]).ConfigureAwait(false);
        return ExitCode.Success;
    }

    private static Dictionary<string, double>? Splits(string text, System.CommandLine.Parsing.ArgumentResult result)
    {
        var splits = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.Split('=', 2) is not [{ Length: > 0 } name, var share] || !double.TryParse(share, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !splits.TryAdd(name, number))
            {
                result.AddError($"--split: '{part}' cannot be used. Write each split once, with its share, for example train=0.8,test=0.2.");
                return null;
            }
        }

        return splits;
    }
}
