using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary>The exit codes of the command, for scripts.</summary>
internal static class ExitCode
{
    public const int Success = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;
    public const int KeyRefused = 3;
    public const int NotFound = 4;
    public const int SomeFailed = 5;

    /// <summary>There is no digest to compare a file with. The file may be right.</summary>
    public const int Unknown = 6;

    /// <summary>128 plus the number of SIGHUP: the terminal was closed.</summary>
    public const int HungUp = 129;

    /// <summary>128 plus the number of SIGINT, as in shells.</summary>
    public const int Interrupted = 130;

    /// <summary>128 plus the number of SIGQUIT.</summary>
    public const int Quit = 131;

    /// <summary>128 plus the number of SIGTERM.</summary>
    public const int Terminated = 143;

    /// <summary>The exit code of an error that ended the command.</summary>
    public static int Of(Exception error) => error switch
    {
        WrongUsageException or ArgumentException => WrongUsage,
        ApiKeyNotFoundException or MlHubAuthenticationException => KeyRefused,
        EntityDoesNotExistException or NoSuchAssetException or NoAssetsSelectedException => NotFound,
        AssetsFailedException { Result: { } result } => result.Downloaded + result.AlreadyThere > 0 ? SomeFailed : Failed,
        IncompleteShardsException => SomeFailed,
        DownloadsFailedException several => OfMany(several.Completed.Count, [.. several.Failures.Values.Select(Of)]),
        _ => Failed,
    };

    /// <summary>
    /// The exit code of several operations. If all of them failed, it is the code that they share, or 1.
    /// </summary>
    public static int OfMany(int done, IReadOnlyCollection<int> failures) =>
        failures.Count == 0 ? Success
        : done > 0 ? SomeFailed
        : failures.Distinct().Count() == 1 ? failures.First()
        : Failed;
}
