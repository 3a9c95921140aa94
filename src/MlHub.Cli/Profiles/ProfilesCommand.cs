using System.CommandLine;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary><c>mlhub profiles list</c>.</summary>
internal static class ProfilesCommand
{
    private static readonly Column<MlHubProfile>[] Columns =
    [
        new("Profile", profile => profile.Name),
        new("API key", profile => profile.MaskedApiKey),
        new("Root URL", profile => profile.RootUrl, ColumnKind.WholeWords),
    ];

    public static Command Create(CommandFactory factory) => new("profiles", "The profiles that \"mlhub configure\" has written.")
    {
        factory.WithBody(new Command("list", "List the profiles: name, last characters of the API key, root URL."), async (run, token) =>
        {
            run.RefuseHubOptions("\"mlhub profiles list\" shows what is in the profiles file");
            var profiles = new MlHubProfiles(run.Environment.Home);
            if (profiles.PermissionsWarning is { } warning)
            {
                run.Messages.Warning(warning);
            }

            var list = profiles.List();
            if (list.Count == 0)
            {
                run.Messages.Note($"there is no profile in {profiles.Path}; \"mlhub configure\" creates one");
            }

            await run.Results.ListAsync(list.ToAsyncEnumerable(), Json, Columns, token).ConfigureAwait(false);
            return ExitCode.Success;
        }),
    };

    private static string Json(MlHubProfile profile) => DownloadJson.Write(json =>
    {
        json.WriteString("name", profile.Name);
        json.WriteString("apiKey", profile.MaskedApiKey);
        json.WriteString("rootUrl", profile.RootUrl);
    });
}
