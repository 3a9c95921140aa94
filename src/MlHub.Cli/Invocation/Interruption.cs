using System.Runtime.InteropServices;

namespace MlHub.Cli;

/// <summary>
/// Ctrl-C and SIGTERM become a token, so that downloads flush their state before the process ends. A second signal ends it at once:
/// that costs bytes, never correctness.
/// </summary>
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
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Interrupt(context, Cli.ExitCode.Interrupted)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Interrupt(context, Cli.ExitCode.Terminated)),

            // Without this, a write beyond `ulimit -f` would kill the process; with it, that write fails and is reported.
            .. OperatingSystem.IsWindows() ? [] : new[] { PosixSignalRegistration.Create(FileSizeExceeded, context => context.Cancel = true) },
        ];

    public CancellationToken Token => _source.Token;

    /// <summary>Tells by which signal an interrupted command ended: 130 for Ctrl-C, 143 for SIGTERM.</summary>
    public int ExitCode(int exitCode) => exitCode == Cli.ExitCode.Interrupted && _exitCode != 0 ? _exitCode : exitCode;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private void Interrupt(PosixSignalContext context, int exitCode)
    {
        context.Cancel = true;
        if (Interlocked.CompareExchange(ref _exitCode, exitCode, 0) != 0)
        {
            Environment.Exit(exitCode);
        }

        _source.Cancel();
    }
}
