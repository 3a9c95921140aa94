using System.CommandLine;
using System.CommandLine.Parsing;

namespace MlHub.Cli;

/// <summary>The options that every command accepts, before or after its name.</summary>
internal sealed class GlobalOptions(CommandEnvironment environment)
{
    /// <summary>Can be repeated only for <c>serve</c>.</summary>
    public Option<string[]> ApiKey { get; } = Recursive(new Option<string[]>("--api-key")
    {
        HelpName = "KEY",
        Description = "The API key. It takes precedence over MLHUB_API_KEY and all profiles. Other users of this machine can see it in the list of processes; "
            + "MLHUB_API_KEY and \"mlhub configure\" keep it private.",
    });

    public Option<string> Profile { get; } = Recursive(new Option<string>("--profile")
    {
        HelpName = "NAME",
        Description = "The profile that provides the API key and the root URL. __anonymous__ sends no key. Default: MLHUB_PROFILE, or \"default\".",
    });

    public Option<Uri> RootUrl { get; } = Recursive(new Option<Uri>("--root-url")
    {
        HelpName = "URL",
        Description = "The root URL of the API. Default: root_url of --profile, or MLHUB_ROOT_URL, or root_url of the profile in use, or https://api.radiant.earth/mlhub/v1/.",
        CustomParser = Values.HttpUrl("--root-url"),
    });

    public Option<bool> Sandbox { get; } = Recursive(new Option<bool>("--sandbox")
    {
        Description = "Start a sandbox server for this command only. It needs no account and no network.",
    });

    public Option<string> Hub { get; } = Recursive(new Option<string>("--hub")
    {
        HelpName = "FILE|NAME",
        Description = "Run this command against the datasets of a hub definition: a JSON file that says in which buckets they are, or the name of a known one. "
            + "It needs no account. Listings are kept for an hour.",
    }.NotEmpty());

    // Those that only "assets list" has are not named in messages about others.
    private static readonly Func<ArgumentResult, ResultFormat> Formats =
        Values.OneOf("--format", ("table", ResultFormat.Table), ("json", ResultFormat.Json), ("jsonl", ResultFormat.JsonLines));

    public Option<ResultFormat> Format { get; } = Recursive(new Option<ResultFormat>("--format")
    {
        HelpName = "table|json|jsonl",
        Description = "The format of results: a table (in a file or a pipe: tab-separated lines without a heading), the API's own JSON, "
            + "or one line of JSON for each result. Default: table.",
        CustomParser = result => result.Tokens[^1].Value switch
        {
            "geojson" => ResultFormat.GeoJson,
            "stac-geoparquet" => ResultFormat.StacGeoParquet,
            _ => Formats(result),
        },
    });

    public Option<bool> Quiet { get; } = Recursive(new Option<bool>("--quiet", "-q")
    {
        Description = "Write only errors to standard error.",
    });

    public Option<bool> Verbose { get; } = Recursive(new Option<bool>("--verbose", "-v")
    {
        Description = "Write more to standard error: retries, restarts, and the details of errors. An API key is never shown.",
    });

    private Option<bool> Version { get; } = Recursive(new Option<bool>("--version")
    {
        Description = "Print the version and exit.",
        Action = new VersionAction(),
    });

    private Option<bool> Help { get; } = Recursive(new Option<bool>("--help", "-h", "-?")
    {
        Description = "Print this help and exit.",
        Action = new HelpAction(environment),
    });

    /// <summary>The options that have an effect on a command: its own and the global ones that it uses. A group of commands uses only the help.</summary>
    public static IEnumerable<Option> UsedBy(Command command, Command root)
    {
        var unused = command switch
        {
            RootCommand => [],
            { Subcommands.Count: > 0 } or { Name: "completion" or "help" } => (string[])["--api-key", "--profile", "--root-url", "--sandbox", "--hub", "--format", "--quiet", "--verbose"],
            { Name: "configure" } => ["--sandbox", "--hub", "--format"],
            { Name: "get" } => ["--format"],
            { Name: "serve" } => ["--profile", "--root-url", "--sandbox"],
            { Name: "verify" } => ["--api-key", "--profile", "--root-url", "--sandbox", "--hub"],
            { Name: "download" } when command.Parents.Any(parent => parent is RootCommand) => ["--api-key", "--profile", "--root-url", "--sandbox", "--hub"],
            { Name: "add" or "list" or "revoke" } when command.Parents.Any(parent => parent.Name is "profiles" or "keys") => ["--api-key", "--profile", "--root-url", "--sandbox", "--hub"],
            _ => [],
        };
        var own = command == root ? [] : command.Options;
        return own.Concat(root.Options.Where(option => !unused.Contains(option.Name)));
    }

    public void AddTo(RootCommand root)
    {
        foreach (var option in (Option[])[ApiKey, Profile, RootUrl, Sandbox, Hub, Format, Quiet, Verbose, Version, Help])
        {
            root.Options.Add(option);
        }
    }

    private static Option<T> Recursive<T>(Option<T> option)
    {
        option.Recursive = true;
        return option;
    }
}
