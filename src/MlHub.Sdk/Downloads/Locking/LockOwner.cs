using System.Diagnostics;
using System.Globalization;

namespace MlHub.Sdk.Downloads.Locking;

/// <summary>Which process holds a lock, as its file says: enough to tell whether that process still lives.</summary>
internal sealed record LockOwner(string Host, int ProcessId, long StartedAt, string Nonce)
{
    private static readonly string ThisHost = DescribeHost();
    private static readonly long ThisStart = ProcessStart.Of(Environment.ProcessId) ?? 0;

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
            return !ProcessStart.IsDefunct(ProcessId) && (ProcessStart.Of(ProcessId) is not { } start || Math.Abs(start - StartedAt) <= ProcessStart.Tolerance);
        }
        catch (ArgumentException)
        {
            return false;
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
