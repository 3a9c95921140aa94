using System.Diagnostics;
using System.Globalization;

namespace MlHub.Cli.Tests;

/// <summary>Makes every system call of a kind, on one file, take its time, so that what lasts a moment can be interrupted: by <c>strace</c>, on Linux.</summary>
internal sealed class SlowDisk(string log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly Lazy<string?> Reason = new(FindReason);

    /// <summary>Why there can be none here, or null.</summary>
    public static string? WhyNot => Reason.Value;

    /// <summary>Starts <c>mlhub download</c>; whenever it is about to make this call on this file, it has to wait.</summary>
    public MlHubProcess Download(string call, string path, TimeSpan wait, Uri url, string output, params IEnumerable<string> options) =>
        MlHubProcess.Run([.. CommandLine(call, path, wait), .. MlHubProcess.CommandLine(["download", url.AbsoluteUri, "--output", output, .. options])]);

    /// <summary>Waits until the call has begun.</summary>
    public async Task BegunAsync()
    {
        // Another program writes this, and can only be looked at.
        for (var patience = Stopwatch.StartNew(); !File.Exists(log) || !(await File.ReadAllTextAsync(log)).Contains('(', StringComparison.Ordinal); await Task.Delay(5))
        {
            Assert.True(patience.Elapsed < Patience, "The call was never made.");
        }
    }

    // With -D it is the command that has the number of the process, and gets its signals.
    private string[] CommandLine(string call, string path, TimeSpan wait) =>
    [
        "strace", "-D", "-f", "--seccomp-bpf", "-q", "-o", log, "-P", path, "-e", $"trace={call}", "-e", "signal=none",
        "-e", string.Create(CultureInfo.InvariantCulture, $"inject={call}:delay_enter={(long)wait.TotalMicroseconds}"),
    ];

    private static string? FindReason()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("strace", ["-D", "-f", "--seccomp-bpf", "-o", "/dev/null", "-e", "trace=fsync", "-e", "inject=fsync:delay_enter=1", "true"]) { RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 && error.Length == 0 ? null : $"strace may not hold up a process here: {error.Trim()}";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "strace is not installed: run eng/test-servers";
        }
    }
}
