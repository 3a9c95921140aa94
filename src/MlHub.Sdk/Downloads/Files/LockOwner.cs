using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace MlHub.Sdk.Downloads.Files;

/// <summary>The process that holds a lock, as written in the lock file. The values show whether that process is still alive.</summary>
internal sealed record LockOwner(string Host, int ProcessId, long StartedAt, string Nonce)
{
    private const string Title = "mlhub-lock 1";
    private static readonly string ThisHost = DescribeHost();
    private static readonly long ThisStart = StartOf(Environment.ProcessId) ?? 0;

    // Outside Linux, the start time of a process is computed from the clock and the time since boot, and drifts a little. Linux counts from boot only.
    private static readonly long Tolerance = OperatingSystem.IsLinux() ? 0 : TimeSpan.FromSeconds(5).Ticks;

    internal static LockOwner Me() => new(ThisHost, Environment.ProcessId, ThisStart, Guid.NewGuid().ToString("N"));

    internal bool IsOnThisHost => Host == ThisHost;

    /// <summary>A readable name for messages.</summary>
    internal string Name => string.Create(CultureInfo.InvariantCulture, $"process {ProcessId} on {Host.Split(' ')[0]}");

    /// <summary>Whether the process is alive. Another process that reuses the same id does not count. Only for processes on this host.</summary>
    internal bool IsAlive()
    {
        try
        {
            using var process = Process.GetProcessById(ProcessId);
            return !IsDefunct(ProcessId) && (StartOf(ProcessId) is not { } start || Math.Abs(start - StartedAt) <= Tolerance);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    internal string ToText() => string.Create(CultureInfo.InvariantCulture, $"{Title}\n{Host}\n{ProcessId}\n{StartedAt}\n{Nonce}\n");

    internal static LockOwner? Read(string text)
    {
        var lines = text.Split('\n');
        return lines is [Title, var host, var process, var start, { Length: 32 } nonce, ""]
            && int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && long.TryParse(start, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            ? new LockOwner(host, id, at, nonce)
            : null;
    }

    // Hosts can have the same name, and containers also share a kernel. The boot id and the process namespace distinguish them.
    private static string DescribeHost()
    {
        var boot = OperatingSystem.IsLinux() ? ReadProc("sys/kernel/random/boot_id")?.Trim() : null;
        var processes = OperatingSystem.IsLinux() ? new FileInfo("/proc/self/ns/pid").LinkTarget : null;
        return string.Join(' ', new[] { Environment.MachineName, boot, processes }.Where(part => !string.IsNullOrEmpty(part)));
    }

    // A number that increases with the start time. Null if the process has ended or its start time is not readable.
    private static long? StartOf(int processId)
    {
        if (OperatingSystem.IsLinux())
        {
            return StatFields(processId) is { Length: > 19 } fields && long.TryParse(fields[19], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) ? ticks : null;
        }

        try
        {
            using var process = Process.GetProcessById(processId);
            return process.StartTime.ToUniversalTime().Ticks;
        }
        catch (Exception hidden) when (hidden is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return null;
        }
    }

    // A dead process stays in the process table until its parent has waited for it. In many containers the first process never waits.
    private static bool IsDefunct(int processId) => OperatingSystem.IsLinux() && StatFields(processId) is ["Z" or "X", ..];

    // The fields of proc_pid_stat(5) from the third on. The second is a name in parentheses, which may contain anything.
    private static string[]? StatFields(int processId) =>
        ReadProc(string.Create(CultureInfo.InvariantCulture, $"{processId}/stat")) is { } stat
            ? stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)
            : null;

    private static string? ReadProc(string name)
    {
        try
        {
            return File.ReadAllText("/proc/" + name);
        }
        catch (Exception hidden) when (hidden is IOException or UnauthorizedAccessException)
        {
            // The process just ended, or a sandbox hides the file.
            return null;
        }
    }
}
