using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace MlHub.Cli.Tests;

/// <summary>The built command as a process of its own, which can be killed and interrupted.</summary>
internal sealed class MlHubProcess : IDisposable
{
    private const int SigKill = 9;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task _error;
    private readonly Lock _lock = new();
    private readonly StringBuilder _said = new();
    private readonly Dictionary<string, TaskCompletionSource> _awaited = [];

    private MlHubProcess(ProcessStartInfo start)
    {
        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        _output = _process.StandardOutput.ReadToEndAsync();
        _error = ListenAsync();
    }

    public int Id => _process.Id;

    /// <summary>A command line that runs the built command, or the native one that <c>TESTED_MLHUB</c> names.</summary>
    /// <remarks>
    /// It does not run the copy beside the tests: while coverage is measured, coverlet adds code to that copy, which aborts processes that end at the same time (exit code 134:
    /// its file of hits "is being used by another process").
    /// </remarks>
    public static IReadOnlyList<string> CommandLine(params IEnumerable<string> arguments) =>
        Environment.GetEnvironmentVariable("TESTED_MLHUB") is { Length: > 0 } native
            ? [native, .. arguments]
            : [Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet",
                Path.Combine(Repository.OutputOf("src/MlHub.Cli"), "mlhub.dll"), .. arguments];

    public static MlHubProcess Start(params IEnumerable<string> arguments) => Run(CommandLine(arguments));

    /// <summary>Starts <c>mlhub download</c>.</summary>
    public static MlHubProcess Download(Uri url, string output, params IEnumerable<string> options) =>
        Start(["download", url.AbsoluteUri, "--output", output, "--no-fsync", .. options]);

    /// <summary>A command line that obeys signals, even if the tests run under nohup or in the background of a shell, where child processes inherit ignored signals.</summary>
    public static IReadOnlyList<string> Obedient(IReadOnlyList<string> commandLine) =>
        OperatingSystem.IsLinux() ? ["env", "--default-signal=HUP,INT,QUIT,TERM", .. commandLine] : commandLine;

    /// <summary>Starts any program with the same care.</summary>
    public static MlHubProcess Run(IReadOnlyList<string> commandLine)
    {
        commandLine = Obedient(commandLine);
        var start = new ProcessStartInfo(commandLine[0], commandLine.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MLHUB_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        return new MlHubProcess(start);
    }

    /// <summary>Sends SIGKILL to a process that was not started here.</summary>
    public static void Kill(int process) => _ = Send(process, SigKill);

    /// <summary>SIGKILL: it has no chance to do anything about it.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Sends a signal, as Ctrl-C and <c>kill</c> do.</summary>
    public void Signal(PosixSignal signal) => _ = Send(Id, signal switch
    {
        PosixSignal.SIGHUP => 1,
        PosixSignal.SIGINT => 2,
        PosixSignal.SIGQUIT => 3,
        PosixSignal.SIGTERM => 15,
        _ => throw new ArgumentOutOfRangeException(nameof(signal), signal, "It does not ask a program to end."),
    });

    /// <summary>Waits until standard error holds a text.</summary>
    public async Task SaysAsync(string text)
    {
        Task heard;
        lock (_lock)
        {
            heard = _said.ToString().Contains(text, StringComparison.Ordinal)
                ? Task.CompletedTask
                : (_awaited[text] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        var first = await Task.WhenAny(heard, _error, Task.Delay(Patience));
        if (first != heard)
        {
            _process.Kill();
            Assert.Fail($"mlhub {(first == _error ? "ended" : $"went on for {Patience.TotalSeconds} s")} without saying '{text}': {_said}");
        }
    }

    /// <summary>Waits for its end; a killed process has the exit code 137, as in a shell.</summary>
    public async Task<MlHubExit> EndAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
            await _error;
            return new MlHubExit(_process.ExitCode, await _output, _said.ToString());
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
            throw new TimeoutException($"mlhub did not end within {Patience.TotalSeconds} s. So far it said: {_said}");
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private async Task ListenAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            lock (_lock)
            {
                _said.Append(line).Append('\n');
                foreach (var (_, heard) in _awaited.Where(pair => _said.ToString().Contains(pair.Key, StringComparison.Ordinal)))
                {
                    heard.TrySetResult();
                }
            }
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Send(int process, int signal);
}
