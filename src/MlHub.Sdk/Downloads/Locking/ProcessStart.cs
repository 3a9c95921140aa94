using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace MlHub.Sdk.Downloads.Locking;

/// <summary>When a process began, which tells it from a later one of the same number; and whether it is only waiting to be buried.</summary>
internal static class ProcessStart
{
    // Where the system computes a start time from the clock and the time since boot, it drifts a little. Linux counts from boot alone.
    private static readonly long ClockDrift = TimeSpan.FromSeconds(5).Ticks;

    internal static long Tolerance => OperatingSystem.IsLinux() ? 0 : ClockDrift;

    /// <summary>A number that grows with time; null when the process has ended or does not show it.</summary>
    internal static long? Of(int processId)
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

    // A dead process stays in Linux' list until its parent asks how it ended; the first process of many containers never does (proc_pid_stat(5)).
    internal static bool IsDefunct(int processId) => OperatingSystem.IsLinux() && StatFields(processId) is ["Z" or "X", ..];

    // proc_pid_stat(5), from the third field on: the second, a name in parentheses, may hold anything.
    private static string[]? StatFields(int processId)
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
            return stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // Its last trace vanished this moment, or is hidden: whoever asks for it again will see which.
            return null;
        }
    }
}
