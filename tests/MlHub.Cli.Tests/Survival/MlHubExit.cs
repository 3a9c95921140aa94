namespace MlHub.Cli.Tests;

/// <summary>How a process ended, and what it said.</summary>
internal sealed record MlHubExit(int Code, string Output, string Error)
{
    /// <summary>128 and the number of SIGKILL, as shells have it.</summary>
    public const int Killed = 137;
}
