using System.CommandLine;
using MlHub.Server;

namespace MlHub.Cli;

/// <summary>The options of <c>mlhub serve</c> about the keys that it accepts.</summary>
internal sealed class KeyChoices
{
    public const string NoneNeeded = "none is needed.";

    private readonly Option<string> _keys = new Option<string>("--keys")
    {
        HelpName = "FILE",
        Description = "A file with the keys that the server accepts, which \"mlhub keys add\" writes. New and revoked keys need no restart.",
    }.NotEmpty();

    private readonly Option<bool> _noKey = new("--no-key")
    {
        Description = "Ask for no key: everybody who can connect can read all items and files.",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_keys);
        command.Options.Add(_noKey);
    }

    /// <exception cref="WrongUsageException">Options contradict each other.</exception>
    public MlHubServerOptions Apply(CommandRun run, MlHubServerOptions options)
    {
        if (run.ApiKeys.Any(string.IsNullOrWhiteSpace))
        {
            throw new WrongUsageException("--api-key must not be empty.");
        }

        if (run.Value(_noKey) && (run.ApiKeys.Count > 0 || run.Value(_keys) is not null))
        {
            throw new WrongUsageException("--no-key asks for no key: leave out --api-key and --keys.");
        }

        return options with
        {
            ApiKeys = run.ApiKeys,
            KeysFile = run.Value(_keys) is { } file ? DownloadChoices.PathOf(run, file) : null,
            AllowAnonymous = run.Value(_noKey),
        };
    }

    /// <summary>Which keys a user may use, if they are not shown; null if the server has made one, which is shown.</summary>
    public static string? Explain(MlHubServerOptions options)
    {
        const string Use = "Put one into the variable MLHUB_API_KEY: the lines below use it.";
        return options.AllowAnonymous ? NoneNeeded
            : options is { KeysFile: { } file, ApiKeys.Count: > 0 } ? $"any of the keys given with --api-key, or of those in '{file}'. {Use}"
            : options.KeysFile is { } only ? $"any of those in '{only}'. {Use}"
            : options.ApiKeys.Count > 0 ? $"any of the keys given with --api-key. {Use}"
            : null;
    }
}
