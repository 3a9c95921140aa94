using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace MlHub.Cli.Tests;

/// <summary>A shell command on a terminal of its own. Its first line is the name of the terminal: it begins with <c>tty</c>.</summary>
internal sealed class TerminalProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly Process _script;
    private readonly CancellationTokenSource _late = new(Patience);
    private readonly StringBuilder _seen = new();

    private TerminalProcess(Process script) => _script = script;

    public static TerminalProcess Start(string shellCommand)
    {
        var commandLine = MlHubProcess.Obedient(["script", "--quiet", "--return", "--command", shellCommand, "/dev/null"]);
        var start = new ProcessStartInfo(commandLine[0], commandLine.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["TERM"] = "xterm";
        start.Environment["SHELL"] = "/bin/sh";
        return new TerminalProcess(Process.Start(start)!);
    }

    /// <summary>Reads until the terminal has shown a text.</summary>
    public async Task<string> SeesAsync(string text)
    {
        while (!_seen.ToString().Contains(text, StringComparison.Ordinal))
        {
            Assert.True(await ReadAsync(), $"It ended without '{text}': {_seen}");
        }

        return _seen.ToString();
    }

    /// <summary>Changes the size of the terminal. Its programs get SIGWINCH.</summary>
    public async Task ResizeAsync(int columns)
    {
        var terminal = Regex.Match(_seen.ToString(), "/dev/pts/[0-9]+").Value;
        using var stty = Process.Start("stty", ["-F", terminal, "cols", $"{columns}"]);
        await stty.WaitForExitAsync(_late.Token);
    }

    /// <summary>The terminal goes away.</summary>
    public void Close() => _script.Kill();

    public async Task<(int ExitCode, string Output)> EndAsync()
    {
        while (await ReadAsync())
        {
        }

        await _script.WaitForExitAsync(_late.Token);
        return (_script.ExitCode, _seen.ToString());
    }

    public void Dispose()
    {
        if (!_script.HasExited)
        {
            _script.Kill(entireProcessTree: true);
        }

        _script.Dispose();
        _late.Dispose();
    }

    private async Task<bool> ReadAsync()
    {
        var buffer = new char[4096];
        var read = await _script.StandardOutput.ReadAsync(buffer, _late.Token);
        _seen.Append(buffer, 0, read);
        return read > 0;
    }
}
