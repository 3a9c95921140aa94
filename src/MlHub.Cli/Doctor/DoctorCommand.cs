using System.CommandLine;
using System.Runtime.CompilerServices;

namespace MlHub.Cli;

/// <summary><c>mlhub doctor</c>: looks at everything that a download needs.</summary>
internal static class DoctorCommand
{
    private static readonly Column<Finding>[] Columns =
    [
        new("State", finding => finding.IsWell ? "ok" : "BAD"),
        new("Check", finding => finding.Check),
        new("Result", finding => finding.Detail, ColumnKind.Text),
    ];

    public static Command Create(CommandShell shell)
    {
        var output = new Option<string>("--output", "-o") { HelpName = "DIR", Description = "The directory that is to hold downloads. Default: the current directory." }.NotEmpty();
        return shell.Runs(new Command("doctor", "Check the settings, the hub, the API key, the clock and the disk, and say what to do.") { output }, async (run, token) =>
        {
            var isWell = true;
            await run.Results.ListAsync(Noting(ExamineAsync(run, run.Value(output) ?? ".", token), () => isWell = false), Json, Columns, token).ConfigureAwait(false);
            return isWell ? ExitCode.Done : ExitCode.Failed;
        });
    }

    private static async IAsyncEnumerable<Finding> ExamineAsync(CommandRun run, string output, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var finding in SettingsCheck.ExamineAsync(run, cancellationToken).ConfigureAwait(false))
        {
            yield return finding;
        }

        if (await HubOfAsync(run, cancellationToken).ConfigureAwait(false) is { } hub)
        {
            await foreach (var finding in hub.ExamineAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return finding;
            }
        }

        foreach (var finding in DiskCheck.Examine(output))
        {
            yield return finding;
        }
    }

    // If there is no client, the settings are wrong, and that has been said.
    private static async Task<HubCheck?> HubOfAsync(CommandRun run, CancellationToken cancellationToken)
    {
        try
        {
            return new HubCheck(await run.ConnectAsync(cancellationToken).ConfigureAwait(false), run.Environment.Clock);
        }
        catch (Sdk.MlHubException)
        {
            return null;
        }
    }

    private static async IAsyncEnumerable<Finding> Noting(IAsyncEnumerable<Finding> findings, Action bad)
    {
        await foreach (var finding in findings.ConfigureAwait(false))
        {
            if (!finding.IsWell)
            {
                bad();
            }

            yield return finding;
        }
    }

    // {check, ok, detail}.
    private static string Json(Finding finding) => DownloadJson.Write(json =>
    {
        json.WriteString("check", finding.Check);
        json.WriteBoolean("ok", finding.IsWell);
        json.WriteString("detail", finding.Detail);
    });
}
