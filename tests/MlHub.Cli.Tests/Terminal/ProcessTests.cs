using System.Diagnostics;

namespace MlHub.Cli.Tests;

/// <summary>The command as a process of its own: signals, pipes, and a real terminal, which <c>script</c> of util-linux makes.</summary>
public sealed class ProcessTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly TemporaryDirectory _directory = new();
    private readonly CancellationTokenSource _late = new(Patience);

    private static string Command => string.Join(' ', MlHubProcess.CommandLine().Select(word => $"'{word}'"));

    public void Dispose()
    {
        _late.Dispose();
        _directory.Dispose();
    }

    [UnixTheory]
    [InlineData("--version")]
    [InlineData("--help")]
    [InlineData("profiles list")]
    [InlineData("items list")]
    public async Task A_terminal_gets_only_text(string command)
    {
        var (_, output) = await OnTerminalAsync(command, typed: []);

        Assert.DoesNotContain('\u001b', output);
    }

    [UnixFact]
    public async Task A_key_typed_on_a_terminal_is_not_shown()
    {
        var (exitCode, output) = await OnTerminalAsync("configure", typed: [("API Key: ", $"{Mlhub.Key}\r")]);

        Assert.Equal(0, exitCode);
        Assert.Contains("Wrote profile \"default\" to", output, StringComparison.Ordinal);
        Assert.DoesNotContain(Mlhub.Key[..3], output, StringComparison.Ordinal);
        Assert.Contains(Mlhub.Key, await File.ReadAllTextAsync(_directory["profiles"]), StringComparison.Ordinal);
    }

    [UnixTheory]
    [InlineData("\u0003", 130)]
    [InlineData("\u001c", 131)]
    public async Task Ctrl_c_and_ctrl_backslash_end_the_prompt(string key, int expected)
    {
        var (exitCode, output) = await OnTerminalAsync("configure", typed: [("API Key: ", $"abc{key}")]);

        Assert.Equal(expected, exitCode);
        Assert.Contains("mlhub: interrupted", output, StringComparison.Ordinal);
        Assert.False(File.Exists(_directory["profiles"]));
    }

    [UnixTheory]
    [InlineData("HUP", 129)]
    [InlineData("INT", 130)]
    [InlineData("QUIT", 131)]
    [InlineData("TERM", 143)]
    public async Task A_signal_ends_a_hanging_request(string signal, int expected)
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        using var process = Start($"exec {Command} datasets list --root-url http://{silent.LocalEndpoint}/");
        using var connection = await InTimeAsync(process, late => silent.AcceptTcpClientAsync(late).AsTask());

        using var kill = Process.Start("kill", ["-s", signal, $"{process.Id}"]);
        await EndAsync(process);

        Assert.Equal(expected, process.ExitCode);
        Assert.Equal("mlhub: interrupted\n", await process.StandardError.ReadToEndAsync());
    }

    [UnixFact]
    public async Task Output_continues_after_that_of_another_command_in_the_same_file()
    {
        var file = _directory["out"];
        using var process = Start($"(echo before; {Command} --version; echo after) > '{file}'");
        await EndAsync(process);

        Assert.Matches(@"^before\nmlhub \S+\nafter\n\z", await File.ReadAllTextAsync(file));
    }

    private async Task<(int ExitCode, string Output)> OnTerminalAsync(string arguments, (string Wait, string Type)[] typed)
    {
        // Without exec, a shell between script and mlhub dies of Ctrl-\ first, and script ends before mlhub has answered.
        using var process = Start($"script --quiet --return --command \"exec {Command} {arguments}\" /dev/null");
        var output = new System.Text.StringBuilder();
        foreach (var (wait, type) in typed)
        {
            while (!output.ToString().Contains(wait, StringComparison.Ordinal) && await ReadAsync(process, output))
            {
            }

            await process.StandardInput.WriteAsync(type);
            await process.StandardInput.FlushAsync();
        }

        while (await ReadAsync(process, output))
        {
        }

        await EndAsync(process);
        return (process.ExitCode, output.ToString());
    }

    private async Task EndAsync(Process process) => await InTimeAsync(process, async late =>
    {
        await process.WaitForExitAsync(late);
        return true;
    });

    /// <summary>Waits for a process to do something, and kills it if it does not.</summary>
    private async Task<T> InTimeAsync<T>(Process process, Func<CancellationToken, Task<T>> wait)
    {
        try
        {
            return await wait(_late.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"mlhub was not done within {Patience.TotalSeconds} s, and was killed.");
        }
    }

    private async Task<bool> ReadAsync(Process process, System.Text.StringBuilder output)
    {
        var buffer = new char[1024];
        var read = await InTimeAsync(process, late => process.StandardOutput.ReadAsync(buffer, late).AsTask());
        output.Append(buffer, 0, read);
        return read > 0;
    }

    private Process Start(string shellCommand)
    {
        var commandLine = MlHubProcess.Obedient(["sh", "-c", shellCommand]);
        var start = new ProcessStartInfo(commandLine[0], commandLine.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["MLHUB_HOME"] = _directory.Path;
        start.Environment["MLHUB_API_KEY"] = shellCommand.Contains("configure", StringComparison.Ordinal) ? "" : Mlhub.Key;
        return Process.Start(start)!;
    }
}
