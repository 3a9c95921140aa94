using System.Runtime.InteropServices;

namespace MlHub.Cli;

/// <summary>
/// Cancels a token at every signal that ends a program, so that downloads save their state before the process ends. A second signal ends the
/// process at once: some bytes are then downloaded again, but no file is damaged.
/// </summary>
/// <remarks>
/// A signal that was ignored when the process started stays ignored, because .NET installs no handler for it: a command started with nohup
/// continues when its terminal is closed.
/// </remarks>
internal sealed class Interruption : IDisposable
{
    // SIGXFSZ, of every Unix that .NET runs on.
    private const PosixSignal FileSizeExceeded = (PosixSignal)25;

    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _exitCode;

    public Interruption() =>
        _registrations =
        [
            // On Windows SIGHUP is the closing of the console window, SIGQUIT is Ctrl-Break, and SIGTERM is the shutdown of the system.
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => Interrupt(context, Cli.ExitCode.HungUp)),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Interrupt(context, Cli.ExitCode.Interrupted)),
            PosixSignalRegistration.Create(PosixSignal.SIGQUIT, context => Interrupt(context, Cli.ExitCode.Quit)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Interrupt(context, Cli.ExitCode.Terminated)),

            // Without this handler, a write beyond `ulimit -f` would kill the process. With it, the write fails and is reported.
            .. OperatingSystem.IsWindows() ? [] : new[] { PosixSignalRegistration.Create(FileSizeExceeded, context => context.Cancel = true) },
        ];

    public CancellationToken Token => _source.Token;

    /// <summary>The exit code of the command. If it was interrupted, 128 plus the number of the signal.</summary>
    public int ExitCode(int exitCode) => exitCode == Cli.ExitCode.Interrupted && _exitCode != 0 ? _exitCode : exitCode;

    public void Dispose()
    {
        // On Windows Interrupt may still run, and removing a handler waits until it has returned. The process ends now in any case.
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private void Interrupt(PosixSignalContext context, int exitCode)
    {
        context.Cancel = true;
        if (Interlocked.CompareExchange(ref _exitCode, exitCode, 0) == 0)
        {
            _source.Cancel();
        }
        else if (context.Signal != PosixSignal.SIGHUP)
        {
            // A second signal. A second SIGHUP is ignored: the terminal and its shell may each send one, and systemd may send one right after SIGTERM.
            Environment.Exit(exitCode);
        }

        if (OperatingSystem.IsWindows() && context.Signal is PosixSignal.SIGHUP or PosixSignal.SIGTERM)
        {
            // Windows ends the process as soon as this handler returns, and after some seconds in any case. Until then the command can end by itself.
            Thread.Sleep(Timeout.Infinite);
        }
    }
}
