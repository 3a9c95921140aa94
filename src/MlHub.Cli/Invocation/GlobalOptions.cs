using System.CommandLine;

namespace MlHub.Cli;

/// <summary>The options that every command takes, before its name or after it.</summary>
internal sealed class GlobalOptions
{
    /// <summary>Several on <c>serve</c>, one everywhere else.</summary>
    public Option<string[]> ApiKey { get; } = Everywhere(new Option<string[]>("--api-key")
    {
        HelpName = "KEY",
        Description = "The API key; beats MLHUB_API_KEY and every profile. Other users of this machine can see it in the list of processes: "
            + "MLHUB_API_KEY or \"mlhub configure\" keep it to yourself.",
    });

    public Option<string> Profile { get; } = Everywhere(new Option<string>("--profile")
    {
        HelpName = "NAME",
        Description = "The profile to take the API key and the root URL from; __anonymous__ sends no key. Default: MLHUB_PROFILE, else \"default\".",
    });

    public Option<Uri> RootUrl { get; } = Everywhere(new Option<Uri>("--root-url")
    {
        HelpName = "URL",
        Description = "The root of the API. Default: root_url of the --profile given, else MLHUB_ROOT_URL, else root_url of the profile in use, else https://api.radiant.earth/mlhub/v1/.",
        CustomParser = Values.HttpUrl("--root-url"),
    });

    public Option<bool> Sandbox { get; } = Everywhere(new Option<bool>("--sandbox")
    {
        Description = "Run against a small hub of its own that lives as long as the command: no account, no network.",
    });

    public Option<ResultFormat> Format { get; } = Everywhere(new Option<ResultFormat>("--format")
    {
        HelpName = "table|json|jsonl",
        Description = "How results are written: a table for people (tab-separated lines without a heading when it goes to a file or a pipe), the API's own "
            + "JSON, or one line of it for each result. Default: table.",
        CustomParser = Values.OneOf(
            "--format", ("table", ResultFormat.Table), ("json", ResultFormat.Json), ("jsonl", ResultFormat.JsonLines)),
    });

    public Option<bool> Quiet { get; } = Everywhere(new Option<bool>("--quiet", "-q")
    {
        Description = "Write nothing to standard error but errors.",
    });

    public Option<bool> Verbose { get; } = Everywhere(new Option<bool>("--verbose", "-v")
    {
        Description = "Tell more on standard error: retries, restarts, and all that is known of an error. Never a key.",
    });

    private Option<bool> Version { get; } = Everywhere(new Option<bool>("--version")
    {
        Description = "Print the version and exit.",
        Action = new VersionAction(),
    });

    private Option<bool> Help { get; } = Everywhere(new Option<bool>("--help", "-h", "-?")
    {
        Description = "Print this help and exit.",
        Action = new HelpAction(),
    });

    public void AddTo(RootCommand root)
    {
        foreach (var option in (Option[])[ApiKey, Profile, RootUrl, Sandbox, Format, Quiet, Verbose, Version, Help])
        {
            root.Options.Add(option);
        }
    }

    private static Option<T> Everywhere<T>(Option<T> option)
    {
        option.Recursive = true;
        return option;
    }
}
