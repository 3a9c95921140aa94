using System.CommandLine;

namespace MlHub.Cli;

/// <summary><c>mlhub archives</c>: info, download.</summary>
internal static class ArchivesCommand
{
    public static Command Create(CommandFactory factory) => new("archives", "Archives of collections: compressed tar files with all their files.")
    {
        Info(factory),
        DownloadRun.Command(
            factory,
            "Download archives.",
            "The ids of the collections.",
            (client, id, output, options, progress, token) => client.Archives.DownloadAsync(id, output, options, progress, token),
            async (client, id, token) => (await client.Archives.GetInfoAsync(id, token).ConfigureAwait(false)).Size),
    };

    private static Command Info(CommandFactory factory)
    {
        var id = new Argument<string>("ID") { Description = "The id of the collection." };
        return factory.WithBody(new Command("info", "Show the size in bytes, the dataset and the types of an archive.") { id.NotEmpty() }, async (run, token) =>
        {
            var client = await run.ConnectAsync(token).ConfigureAwait(false);
            var info = await client.Archives.GetInfoAsync(run.Value(id), token).ConfigureAwait(false);
            (string, string?)[] fields =
            [
                ("Collection", info.Collection),
                ("Dataset", info.Dataset),
                ("Size", Sizes.Field(run, info.Size)),
                ("Types", string.Join(", ", info.Types)),
            ];
            await run.Results.SingleAsync(info.ToJson(), () => fields).ConfigureAwait(false);
            return ExitCode.Success;
        });
    }
}
