using System.Text;

namespace MlHub.Sdk.Downloads.Naming;

/// <summary>File names that mean the same on Windows, Linux and macOS, and never lead out of their directory.</summary>
internal static class SafeFileName
{
    // 255 bytes is the limit of the common file systems; the suffixes of the temporary files need some of it.
    private const int MaxBytes = 200;
    private const int MostGiven = 255 - 18;
    private const string Fallback = "download";
    private const string Ours = ".mlhub-";

    // https://learn.microsoft.com/windows/win32/fileio/naming-a-file: reserved whatever the extension.
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$",
        "COM0", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9", "COM¹", "COM²", "COM³",
        "LPT0", "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9", "LPT¹", "LPT²", "LPT³",
    };

    /// <summary>The last segment of an address as a safe name.</summary>
    internal static string FromUrl(Uri url)
    {
        var path = url.AbsolutePath.TrimEnd('/');
        return Make(Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..]));
    }

    /// <summary>The name with everything unsafe replaced; never empty, and never one that is hidden, which programs look for and people do not see.</summary>
    internal static string Make(string name) => MakePortable(name) is ['.', .. var rest] ? $"_{rest}" : MakePortable(name);

    private static string MakePortable(string name)
    {
        var safe = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
        {
            safe.Append(IsSafe(rune) ? rune.ToString() : "_");
        }

        // Windows drops trailing dots and spaces, which would make two names one; it also disposes of "." and "..".
        var trimmed = Shorten(safe.ToString().Trim(' ').TrimEnd('.', ' '));
        if (trimmed.Length == 0)
        {
            return Fallback;
        }

        // A remote name must not pose as a journal or a lock of another target.
        trimmed = trimmed.Replace(Ours, ".mlhub_", StringComparison.OrdinalIgnoreCase);
        var stem = trimmed.Split('.')[0].TrimEnd(' ');
        return Reserved.Contains(stem) ? "_" + trimmed : trimmed;
    }

    /// <summary>Why a name that a caller gave cannot be used as it is; null when it can.</summary>
    internal static string? WhyNot(string name) =>
        name.Length == 0 || name is "." or ".." || name.IndexOfAny(['/', '\\', '\0']) >= 0 || (OperatingSystem.IsWindows() && MakePortable(name) != name)
            ? "is not a plain file name: it may not hold a directory."
        : name.Contains(Ours, StringComparison.OrdinalIgnoreCase) ? "is a name that downloads use for themselves: choose one without '.mlhub-'."
        : Encoding.UTF8.GetByteCount(name) > MostGiven ? $"has more than the {MostGiven} bytes that leave room for the names of what lies beside it: choose a shorter one."
        : null;

    private static bool IsSafe(Rune rune) =>
        !Rune.IsControl(rune) && rune.Value is not ('/' or '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|' or 0xFFFD)
        && Rune.GetUnicodeCategory(rune) is not (System.Globalization.UnicodeCategory.Format
            or System.Globalization.UnicodeCategory.LineSeparator or System.Globalization.UnicodeCategory.ParagraphSeparator);

    private static string Shorten(string name)
    {
        if (Encoding.UTF8.GetByteCount(name) <= MaxBytes)
        {
            return name;
        }

        // The extension is kept (both of .tar.gz): programs go by it.
        var dot = name.LastIndexOf('.');
        dot = dot > 4 && name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) && name[dot - 4] == '.' ? dot - 4 : dot;
        var extension = dot > 0 && name.Length - dot <= 16 ? name[dot..] : string.Empty;
        var stem = new StringBuilder();
        var room = MaxBytes - Encoding.UTF8.GetByteCount(extension);
        foreach (var rune in name.EnumerateRunes())
        {
            room -= rune.Utf8SequenceLength;
            if (room < 0)
            {
                break;
            }

            stem.Append(rune.ToString());
        }

        return stem.ToString().TrimEnd('.', ' ') + extension;
    }
}
