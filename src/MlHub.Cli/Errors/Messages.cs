using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary>
/// Writes messages to standard error: errors always, notes unless quiet, details when verbose. Every message is one line. Text from a server
/// cannot move the cursor or colour the screen.
/// </summary>
/// <param name="error">Standard error.</param>
/// <param name="quiet">Whether notes are omitted.</param>
/// <param name="verbose">Whether details are written.</param>
/// <param name="list">The command that lists the ids for this command; null if there is none.</param>
internal sealed class Messages(TextWriter error, bool quiet, bool verbose, string? list)
{
    // What messages of the library call an option, and what it is called on the command line.
    private static readonly (string Library, string Command)[] LibraryOptions =
    [
        ("MlHubClientOptions.ApiKey", "--api-key"),
        ("MlHubClientOptions.RootUrl", "--root-url"),
        ("The API key that was given", "--api-key"),
        ("The root URL that was given", "--root-url"),
        ("AllowKeyOverHttp in the options, ", ""),
        ("set AllowPages", "use --allow-pages"),
        ("set IfExists to Overwrite", "use --if-exists overwrite"),
        ("set OutputDirectory to another one", "choose another one with --output"),
    ];

    public bool Quiet { get; } = quiet;

    public bool Verbose { get; } = verbose;

    /// <summary>Writes a line. It is replaced while progress is drawn below the lines.</summary>
    public Action<string> Sink { get; set; } = error.WriteLine;

    /// <summary>Removes the API key from every line. Names of items, assets and files come from the server, and servers may echo keys.</summary>
    public Func<string, string> Redact { get; set; } = line => line;

    /// <summary>An error, in one line.</summary>
    public void Error(string message) => Write($"mlhub: {message}");

    /// <summary>The error that ended the command. In verbose mode with all its details.</summary>
    public void Error(Exception error)
    {
        Error(DescribeNamed(error));
        if (error is not WrongUsageException)
        {
            Detail(error);
        }
    }

    /// <summary>A problem that does not stop the command.</summary>
    public void Warning(string message) => Note($"mlhub: warning: {message}");

    /// <summary>A note for every user.</summary>
    public void Note(string message)
    {
        if (!Quiet)
        {
            Write(message);
        }
    }

    /// <summary>A detail for verbose mode.</summary>
    public void Detail(string message)
    {
        if (Verbose)
        {
            Write(message);
        }
    }

    /// <summary>A message of the library, with the names that options have on the command line.</summary>
    public static string WithOptionsOfCommand(string message) =>
        LibraryOptions.Aggregate(message, (text, option) => text.Replace(option.Library, option.Command, StringComparison.Ordinal));

    /// <summary>An error as one line of text.</summary>
    public static string Describe(Exception error) => LowerFirstLetter(Text(error));

    /// <summary>Changes the first letter of a message of the library to lower case, unless its first word is a name. The command puts its own text before it.</summary>
    public static string LowerFirstLetter(string message)
    {
        var word = message.AsSpan()[..(message.AsSpan().IndexOfAnyExceptInRange('A', 'z') is var end and >= 0 ? end : message.Length)];
        return word.Length > 0 && char.IsAsciiLetterUpper(word[0]) && !word[1..].ContainsAnyExceptInRange('a', 'z') ? $"{char.ToLowerInvariant(message[0])}{message[1..]}" : message;
    }

    private static string Text(Exception error) => error switch
    {
        NoAssetsSelectedException { Filter: { } filter } => error.Message.Replace($"the filter {filter}:", $"the filter {AssetFilterChoices.NameOf(filter)}:", StringComparison.Ordinal),
        MlHubException => WithOptionsOfCommand(error.Message),
        WrongUsageException or NoSuchAssetException => error.Message,

        // The parameter's name means nothing on the command line.
        ArgumentException { ParamName: { } name } => WithOptionsOfCommand(error.Message).Replace($" (Parameter '{name}')", "", StringComparison.Ordinal),
        IOException or UnauthorizedAccessException => FileErrors.ReasonAndPath(error),
        ArgumentException => error.Message,
        TimeoutException => $"the server stopped in the middle of its response: {error.Message}",
        _ => $"unexpected error: {error.Message} ({error.GetType().Name}); --verbose shows the details",
    };

    /// <summary>Describes an error about an id that the user gave. If it does not exist, the description names the command that lists the ids.</summary>
    public string DescribeNamed(Exception error) =>
        error is EntityDoesNotExistException && list is not null ? $"{Sentence(Describe(error))} \"{list}\" lists the existing ones." : Describe(error);

    // The words of a server may end without a full stop.
    private static string Sentence(string text) => text is [.., '.' or '!' or '?' or '…'] ? text : $"{text}.";

    /// <summary>An error about one of several ids or addresses. It is named once.</summary>
    public static string About(string name, string description) =>
        description.Contains(Values.IsHttpUrl(name, out _) ? name : $"\"{name}\"", StringComparison.Ordinal) ? description : $"{PlainText.Name(name)}: {description}";

    private void Detail(Exception error)
    {
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            var status = cause is MlHubException { StatusCode: { } code } ? $" (status {(int)code})" : "";
            Detail($"  {cause.GetType().Name}{status}: {cause.Message}");
            foreach (var frame in cause.StackTrace?.Split('\n') ?? [])
            {
                Detail($"  {frame.Trim()}");
            }
        }
    }

    private void Write(string line)
    {
        try
        {
            Sink(PlainText.OneLine(Redact(line)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // A full disk, or 2>&-: the message cannot be shown, but the exit code stays the same.
        }
    }
}
