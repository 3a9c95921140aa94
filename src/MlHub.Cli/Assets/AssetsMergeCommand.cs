using System.CommandLine;
using System.Globalization;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary><c>mlhub assets merge</c>.</summary>
internal static class AssetsMergeCommand
{
    public static Command Create(CommandFactory factory)
    {
        var directories = new Argument<string[]>("DIR") { Arity = ArgumentArity.OneOrMore, Description = "The output directories of the shards." };
        var output = new Option<string>("--output", "-o") { HelpName = "DIR", Description = "The directory for the joined database. Default: that of the first shard." }.NotEmpty();
        var command = new Command("merge", "Check that all shards of a download are complete, and join their databases.") { directories, output };
        return factory.WithBody(command, async (run, token) =>
        {
            string[] from = [.. run.Value(directories)!.Select(directory => DownloadChoices.Directory(run, "DIR", directory))];
            if (from.FirstOrDefault(directory => !Directory.Exists(directory)) is { } missing)
            {
                throw new WrongUsageException($"the directory '{missing}' does not exist");
            }

            var merged = DatasetAssetsExtensions.MergeAssetShards(from, run.Value(output) is { } path ? DownloadChoices.Directory(run, "--output", path) : null);
            await run.Results.SingleAsync(
                DownloadJson.Write(json =>
                {
                    json.WriteString("dataset", merged.DatasetId);
                    json.WriteNumber("shards", merged.Shards);
                    json.WriteNumber("files", merged.Files);
                    json.WriteString("database", merged.DatabasePath);
                }),
                () =>
                [
                    ("Dataset", merged.DatasetId),
                    ("Shards", merged.Shards.ToString(CultureInfo.InvariantCulture)),
                    ("Files", merged.Files.ToString(CultureInfo.InvariantCulture)),
                    ("Database", merged.DatabasePath),
                ]).ConfigureAwait(false);
            return ExitCode.Success;
        });
    }
}
