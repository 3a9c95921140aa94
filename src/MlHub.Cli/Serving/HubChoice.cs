using System.Runtime.CompilerServices;
using MlHub.Hub;

namespace MlHub.Cli;

/// <summary>The hub definition that <c>--hub</c> names.</summary>
internal static class HubChoice
{
    /// <summary>The names of the definitions that come with the command.</summary>
    public static IReadOnlyList<string> KnownNames
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        get => HubDefinition.KnownNames;
    }

    /// <summary>Opens the hub, and warns of datasets that cannot be listed.</summary>
    /// <param name="run">The run.</param>
    /// <param name="name">A file, or the name of a known definition.</param>
    /// <param name="options">The options, without progress.</param>
    /// <param name="cancellationToken">Cancels the indexing.</param>
    /// <exception cref="WrongUsageException">There is no such definition, or it is wrong.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static async Task<DefinedHub> OpenAsync(CommandRun run, string name, DefinedHubOptions options, CancellationToken cancellationToken)
    {
        var definition = await ReadAsync(run, name, cancellationToken).ConfigureAwait(false);
        var hub = await DefinedHub.OpenAsync(definition, options with { Attempts = Math.Min(options.Attempts, run.Environment.Transfer.MaxRetries + 1), Progress = new IndexMessages(run, name) }, cancellationToken).ConfigureAwait(false);
        Warn(run, hub);
        return hub;
    }

    /// <summary>Warns of datasets that could not be listed.</summary>
    public static void Warn(CommandRun run, IndexedHub hub)
    {
        foreach (var problem in (hub as DefinedHub)?.Problems ?? [])
        {
            run.Messages.Warning(problem);
        }
    }

    private static async Task<HubDefinition> ReadAsync(CommandRun run, string name, CancellationToken cancellationToken)
    {
        if (HubDefinition.KnownNames.Contains(name))
        {
            return HubDefinition.Known(name);
        }

        var file = DownloadChoices.ExpandTilde(name, run.Environment.UserDirectory);
        if (!File.Exists(file))
        {
            var question = DidYouMean.Question(name, HubDefinition.KnownNames);
            throw new WrongUsageException($"--hub: there is no file '{name}', and no known hub of this name.{(question.Length > 0 ? question : $" The known hubs are: {string.Join(", ", HubDefinition.KnownNames)}.")}");
        }

        try
        {
            return await HubDefinition.ReadAsync(file, cancellationToken).ConfigureAwait(false);
        }
        catch (FormatException error)
        {
            throw new WrongUsageException($"--hub: {error.Message}");
        }
    }
}
