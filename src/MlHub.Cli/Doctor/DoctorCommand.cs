using System.CommandLine;
using System.Runtime.CompilerServices;

namespace MlHub.Cli;

/// <summary><c>mlhub doctor</c>: checks everything that a download needs.</summary>
internal static class DoctorCommand
{
    private static readonly Column<CheckResult>[] Columns =
    [
        new("State", result => result.IsOk ? "ok" : "BAD"),
        new("Check", result => result.Check),
        new("Result", result => result.Detail, ColumnKind.WholeWords),
    ];

    public static Command Create(CommandFactory factory)
    {
        var output = new Option<string>("--output", "-o") { HelpName = "DIR", Description = "The directory for downloads. Default: the current directory." }.NotEmpty();
        return factory.WithBody(new Command("doctor", "Check the settings, the hub, the API key, the clock and the disk, and say what to do.") { output }, async (run, token) =>
        {
            var allOk = true;
            var results = RunChecksAsync(run, run.Value(output) ?? ".", token).Select(result =>
            {
                allOk &= result.IsOk;
                return result;
            });
            await run.Results.ListAsync(results, Json, Columns, token).ConfigureAwait(false);
            return allOk ? ExitCode.Success : ExitCode.Failed;
        });
    }

    private static async IAsyncEnumerable<CheckResult> RunChecksAsync(CommandRun run, string output, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var result in SettingsCheck.RunAsync(run, cancellationToken).ConfigureAwait(false))
        {
            yield return result;
        }

        if (await TryConnectAsync(run, cancellationToken).ConfigureAwait(false) is { } hub)
        {
            await foreach (var result in hub.RunAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return result;
            }
        }

        foreach (var result in DiskCheck.Run(output))
        {
            yield return result;
        }
    }

    // If the client cannot be created, SettingsCheck has reported the reason.
    private static async Task<HubCheck?> TryConnectAsync(CommandRun run, CancellationToken cancellationToken)
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


    // {check, ok, detail}.
    private static string Json(CheckResult result) => DownloadJson.Write(json =>
    {
        json.WriteString("check", result.Check);
        json.WriteBoolean("ok", result.IsOk);
        json.WriteString("detail", result.Detail);
    });
}
