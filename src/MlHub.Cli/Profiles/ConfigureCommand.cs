using System.CommandLine;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary><c>mlhub configure</c>: writes an API key, a root URL or both into a profile.</summary>
internal static class ConfigureCommand
{
    public static Command Create(CommandFactory factory)
    {
        var yes = new Option<bool>("--yes", "-y") { Description = "Overwrite an existing API key without asking." };
        return factory.WithBody(
            new Command(
                "configure",
                "Store an API key, and optionally a root URL, in the profiles file.")
            {
                yes,
            },
            (run, token) => RunAsync(run, run.Value(yes), token));
    }

    private static async Task<int> RunAsync(CommandRun run, bool yes, CancellationToken cancellationToken)
    {
        if (run.Sandbox || run.Hub is not null)
        {
            throw new WrongUsageException("\"mlhub configure\" only writes the profiles file: leave out --sandbox and --hub.");
        }

        var profiles = new MlHubProfiles(run.Environment.Home);
        var name = run.Profile ?? MlHubSettings.DefaultProfile;
        var old = profiles.Find(name)?.MaskedApiKey;
        var prompts = new Prompts(run.Environment);
        var key = run.ApiKey ?? await prompts.AskSecretAsync("API Key: ", cancellationToken).ConfigureAwait(false);
        if (string.IsNullOrWhiteSpace(key))
        {
            key = run.RootUrl is null ? throw new WrongUsageException(EmptyKey(run)) : null;
        }

        if (key is not null && old is not null && !yes)
        {
            await ConfirmAsync(prompts, name, old, cancellationToken).ConfigureAwait(false);
        }

        await profiles.SetAsync(name, key, run.RootUrl, cancellationToken).ConfigureAwait(false);
        await run.Output.WriteLineAsync($"Wrote profile \"{PlainText.Name(name)}\" to {PlainText.Name(profiles.Path)}").ConfigureAwait(false);
        return ExitCode.Success;
    }

    private static string EmptyKey(CommandRun run) =>
        run.ApiKey is not null ? "--api-key must not be empty. Nothing was written."
        : run.Environment.AskSecretAsync is null ? "the first line of standard input is empty. Nothing was written; write the API key to it, or use --api-key."
        : "no API key was entered. Nothing was written; run the command again, or add --root-url to store only a root URL.";

    private static async Task ConfirmAsync(Prompts prompts, string name, string old, CancellationToken cancellationToken)
    {
        var answer = await prompts.AskAsync($"Overwrite existing API Key ({old}) [y/N]: ", cancellationToken).ConfigureAwait(false);
        if (answer is null)
        {
            throw new MlHubException($"profile \"{name}\" already has an API key ({old}). Nothing was changed; add --yes to overwrite it.");
        }

        if (answer.Trim().ToUpperInvariant() is not ("Y" or "YES"))
        {
            throw new MlHubException("nothing was changed: the answer was not yes.");
        }
    }
}
