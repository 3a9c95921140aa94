using System.Diagnostics;
using System.Globalization;

namespace MlHub.Sdk.Downloads.Locking;

/// <summary>Which process holds a lock, as its file says: enough to tell whether that process still lives.</summary>
internal sealed record LockOwner(string Host, int ProcessId, long StartedAt, string Nonce)
{
    // The system computes a start time from the clock and the time since boot, which drift a little.
    private const long StartToleranceSeconds = 5;

    private static readonly string ThisHost = DescribeHost();
    private static readonly long ThisStart = new DateTimeOffset(Process.GetCurrentProcess().StartTime).ToUnixTimeSeconds();

    internal static LockOwner Me() => new(ThisHost, Environment.ProcessId, ThisStart, Guid.NewGuid().ToString("N"));

    internal bool IsOnThisHost => Host == ThisHost;

    /// <summary>What a person knows the process by.</summary>
    internal string Name => string.Create(CultureInfo.InvariantCulture, $"process {ProcessId} on {Host.Split(' ')[0]}");

    /// <summary>Whether the process lives, as far as one can see from here. A number that was given to another process since does not count.</summary>
    internal bool IsAlive()
    {
        try
        {
            using var process = Process.GetProcessById(ProcessId);
            return !IsDefunct(ProcessId) && Math.Abs(new DateTimeOffset(process.StartTime).ToUnixTimeSeconds() - StartedAt) <= StartToleranceSeconds;
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
        {
            return false;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // It is there, and someone else's.
            return true;
        }
    }

    internal string ToText() => string.Create(CultureInfo.InvariantCulture, $"mlhub-lock 1\n{Host}\n{ProcessId}\n{StartedAt}\n{Nonce}\n");

    internal static LockOwner? Read(string text)
    {
        var lines = text.Split('\n');
        return lines is ["mlhub-lock 1", var host, var process, var start, { Length: 32 } nonce, ""]
            && int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && long.TryParse(start, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            ? new LockOwner(host, id, at, nonce)
            : null;
    }

    // A dead process stays in Linux' list until its parent asks how it ended; the first process of many containers never does (proc_pid_stat(5)).
    private static bool IsDefunct(int processId)
    {
        try
        {
            var stat = OperatingSystem.IsLinux() ? File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat")) : string.Empty;
            return stat.AsSpan(stat.LastIndexOf(')') + 1) is [' ', 'Z' or 'X', ..];
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // Its last trace vanished this moment, or is hidden: whoever asks for it again will see which.
            return false;
        }
    }

    // Hosts may share a name, containers a kernel too: what tells them apart is the start of the kernel and the numbering of processes.
    private static string DescribeHost()
    {
        var boot = OperatingSystem.IsLinux() ? ReadBootId() : null;
        var numbering = OperatingSystem.IsLinux() ? new FileInfo("/proc/self/ns/pid").LinkTarget : null;
        return string.Join(' ', new[] { Environment.MachineName, boot, numbering }.Where(part => !string.IsNullOrEmpty(part)));
    }

    private static string? ReadBootId()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (Exception hidden) when (hidden is IOException or UnauthorizedAccessException)
        {
            // Some sandboxes show no such file.
            return null;
        }
    }
}
