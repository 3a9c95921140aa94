using System.CommandLine;
using System.Globalization;
using MlHub.Sdk;
using MlHub.Server;

namespace MlHub.Cli;

/// <summary><c>mlhub keys add</c>, <c>list</c> and <c>revoke</c>: the keys that <c>mlhub serve --keys FILE</c> accepts.</summary>
internal sealed class KeysCommand
{
    private const string DateFormat = "yyyy-MM-dd";

    private readonly Option<string> _file = new Option<string>("--keys")
    {
        HelpName = "FILE",
        Description = "The keys file of \"mlhub serve --keys FILE\".",
        Required = true,
    }.NotEmpty();

    private readonly Argument<string> _name = new Argument<string>("NAME")
    {
        Description = "The name of the key, such as the name of its user: letters, digits, '-', '_', '.' and '@'. It appears in the log of the server.",
    }.NotEmpty();

    private readonly Option<DateOnly?> _expires = new("--expires")
    {
        HelpName = "DATE",
        Description = "The last day on which the key is accepted, in UTC: yyyy-mm-dd. Default: it does not expire.",
        CustomParser = Values.Parsed<DateOnly?>("--expires", ParseDate),
    };

    public static Command Create(CommandFactory factory)
    {
        var choices = new KeysCommand();
        return new Command("keys", "The keys that \"mlhub serve --keys FILE\" accepts. For the key of this command, see \"mlhub configure\".")
        {
            factory.WithBody(new Command("add", "Create a key, add it to the keys file, and print it once. The file has only its SHA-256.") { choices._name, choices._file, choices._expires }, choices.AddAsync),
            factory.WithBody(new Command("list", "List the keys of a keys file: name, day of creation, last day. The keys themselves are nowhere stored.") { choices._file }, choices.ListAsync),
            factory.WithBody(new Command("revoke", "Remove a key from the keys file. A running server refuses it from the next request on.") { choices._name, choices._file }, choices.RevokeAsync),
        };
    }

    private async Task<int> AddAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var (file, name, expires) = (FileOf(run), run.Value(_name), run.Value(_expires));
        if (!MlHubServerKeysFile.IsName(name))
        {
            throw new WrongUsageException("NAME must have 1 to 64 characters: letters (A to Z), digits, '-', '_', '.' and '@'.");
        }

        if (expires < DateOnly.FromDateTime(run.Environment.Clock.GetUtcNow().UtcDateTime))
        {
            throw new WrongUsageException("--expires must not be in the past.");
        }

        var key = await TryAsync(() => file.AddAsync(name, expires, cancellationToken)).ConfigureAwait(false);
        run.Messages.Note($"the key \"{name}\" is in '{file.Path}' now, as a hash: keep the key itself, because it is printed only here");
        await run.Output.WriteLineAsync(run.Format == ResultFormat.Table ? key : DownloadJson.Write(json =>
        {
            json.WriteString("name", name);
            json.WriteString("apiKey", key);
            json.WriteString("expires", Date(expires));
        })).ConfigureAwait(false);
        return ExitCode.Success;
    }

    private async Task<int> ListAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var file = FileOf(run);
        var today = DateOnly.FromDateTime(run.Environment.Clock.GetUtcNow().UtcDateTime);
        if (!File.Exists(file.Path))
        {
            throw new EntityDoesNotExistException($"there is no keys file '{file.Path}': \"mlhub keys add\" creates it.");
        }

        var keys = await TryAsync(() => Task.FromResult(file.List())).ConfigureAwait(false);
        Column<MlHubServerKey>[] columns =
        [
            new("Name", key => key.Name),
            new("Created", key => Date(key.Created)),
            new("Last day", key => Date(key.Expires)),
            new("State", key => key.Expires < today ? "expired" : "accepted"),
        ];
        string Json(MlHubServerKey key) => DownloadJson.Write(json =>
        {
            json.WriteString("name", key.Name);
            json.WriteString("created", Date(key.Created));
            json.WriteString("expires", Date(key.Expires));
            json.WriteBoolean("expired", key.Expires < today);
        });
        await run.Results.ListAsync(keys.ToAsyncEnumerable(), Json, columns, cancellationToken).ConfigureAwait(false);
        return ExitCode.Success;
    }

    private async Task<int> RevokeAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var (file, name) = (FileOf(run), run.Value(_name));
        if (!await TryAsync(() => file.RevokeAsync(name, cancellationToken)).ConfigureAwait(false))
        {
            throw new EntityDoesNotExistException($"there is no key \"{name}\" in '{file.Path}': \"mlhub keys list\" lists them.");
        }

        return ExitCode.Success;
    }

    private MlHubServerKeysFile FileOf(CommandRun run)
    {
        run.RefuseHubOptions("\"mlhub keys\" only changes the keys file");
        return new MlHubServerKeysFile(DownloadChoices.PathOf(run, run.Parsed.GetRequiredValue(_file)));
    }

    // The package reports a damaged file, and a name that is taken, as exceptions of .NET.
    private static async Task<T> TryAsync<T>(Func<Task<T>> change)
    {
        try
        {
            return await change().ConfigureAwait(false);
        }
        catch (Exception error) when (error is InvalidDataException or ArgumentException)
        {
            throw new MlHubException(Messages.Describe(error is ArgumentException ? error : new MlHubException(error.Message)), error);
        }
    }

    private static string? Date(DateOnly? date) => date?.ToString(DateFormat, CultureInfo.InvariantCulture);

    private static DateOnly? ParseDate(string text) =>
        DateOnly.TryParseExact(text, DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : throw new FormatException("it must be a date, such as 2027-06-30.");
}
