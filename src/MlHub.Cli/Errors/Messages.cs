using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary>
/// Standard error: errors always, notes unless quiet, details when verbose. Every message is one line, and nothing that a server wrote
/// can move the cursor or colour the screen.
/// </summary>
/// <param name="error">Standard error.</param>
/// <param name="quiet">Whether notes are left out.</param>
/// <param name="verbose">Whether details are told.</param>
/// <param name="list">The command that lists the ids which this one takes; null where there is none.</param>
internal sealed class Messages(TextWriter error, bool quiet, bool verbose, string? list)
{
    // What the library calls its own options in its messages, and what they are here.
    private static readonly (string Words, string Here)[] LibraryOptions =
    [
        ("set AllowPages", "give --allow-pages"),
        ("set IfExists to Overwrite", "give --if-exists overwrite"),
        ("set OutputDirectory to another one", "give another one with --output"),
    ];

    public bool Quiet { get; } = quiet;

    public bool Verbose { get; } = verbose;

    /// <summary>Where lines go: elsewhere while progress is drawn below them.</summary>
    public Action<string> Sink { get; set; } = error.WriteLine;

    /// <summary>An error, in one line.</summary>
    public void Error(string message) => Write($"mlhub: {message}");

    /// <summary>The error that ended the command, and when verbose all that is known of it.</summary>
    public void Error(Exception error)
    {
        Error(DescribeNamed(error));
        if (error is not WrongUsageException)
        {
            Detail(error);
        }
    }

    /// <summary>Something that is not as it should be and yet stops nothing.</summary>
    public void Warning(string message) => Note($"mlhub: warning: {message}");

    /// <summary>Something worth knowing.</summary>
    public void Note(string message)
    {
        if (!Quiet)
        {
            Write(message);
        }
    }

    /// <summary>Something worth knowing for whoever asked for more.</summary>
    public void Detail(string message)
    {
        if (Verbose)
        {
            Write(message);
        }
    }

    /// <summary>What is said of an error in one line.</summary>
    public static string Describe(Exception error) => error switch
    {
        DownloadException => LibraryOptions.Aggregate(error.Message, (message, option) => message.Replace(option.Words, option.Here, StringComparison.Ordinal)),
        MlHubException or WrongUsageException or NoSuchAssetException => error.Message,

        // The parameter's name means nothing on the command line.
        ArgumentException { ParamName: { } name } => error.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal),
        IOException or UnauthorizedAccessException or ArgumentException => error.Message,
        TimeoutException => $"the server stopped in the middle of its answer: {error.Message}",
        _ => $"something unexpected happened: {error.Message} ({error.GetType().Name}); --verbose tells more",
    };

    /// <summary>The same of something that the user named: where it does not exist, also which command lists what does.</summary>
    public string DescribeNamed(Exception error) =>
        error is EntityDoesNotExistException && list is not null ? $"{Describe(error)} \"{list}\" shows what there is." : Describe(error);

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
            Sink(PlainText.OneLine(line));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // A full disk, or 2>&-: there is nowhere left to say it, and the exit code still does.
        }
    }
}
