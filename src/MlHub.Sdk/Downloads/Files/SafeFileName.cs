using System.Globalization;
using System.Text;

namespace MlHub.Sdk.Downloads.Files;

/// <summary>File names that mean the same on Windows, Linux and macOS, and never lead out of their directory.</summary>
internal static class SafeFileName
{
    // The common file systems allow 255 bytes. The longest suffix of a file beside the target, .mlhub-journal-new, takes 18 of them.
    private const int MostGiven = 255 - 18;
    private const int MostMade = 200;
    private const int LongestExtension = 10;
    private const string Fallback = "download";
    private const string Ours = ".mlhub-";

    // https://learn.microsoft.com/windows/win32/fileio/naming-a-file: reserved with any extension.
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$",
        "COM0", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9", "COM¹", "COM²", "COM³",
        "LPT0", "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9", "LPT¹", "LPT²", "LPT³",
    };

    // Programs that run on servers. An address that ends so names the program, not what it answers.
    private static readonly HashSet<string> Scripts = new(StringComparer.OrdinalIgnoreCase)
    {
        "php", "asp", "aspx", "ashx", "jsp", "do", "cgi", "py", "pl", "cfm", "dll",
    };

    /// <summary>The last segment of an address, as a safe name.</summary>
    internal static string FromUrl(Uri url) => Make(Uri.UnescapeDataString(ExactUri.LastSegment(url)));

    /// <summary>The name with everything unsafe replaced. It is never empty and never hidden: people do not see hidden files, and programs look for them.</summary>
    internal static string Make(string name) => MakePortable(name) is ['.', .. var rest] ? $"_{rest}" : MakePortable(name);

    /// <summary>Whether the name ends in an extension of a file: up to ten letters or digits, not digits alone (a version) and not that of a server's script.</summary>
    internal static bool HasExtension(string name)
    {
        var extension = name[(name.LastIndexOf('.') + 1)..];
        return extension.Length is > 0 and <= LongestExtension && extension.Length < name.Length
            && extension.All(char.IsAsciiLetterOrDigit) && extension.Any(char.IsAsciiLetter) && !Scripts.Contains(extension);
    }

    /// <summary>Why a name that a caller gave cannot be used as it is; null when it can.</summary>
    internal static string? WhyNot(string name) =>
        name.Length == 0 || name is "." or ".." || name.IndexOfAny(['/', '\\', '\0']) >= 0 || (OperatingSystem.IsWindows() && MakePortable(name) != name)
            ? "is not a plain file name: it may not hold a directory."
        : name.Contains(Ours, StringComparison.OrdinalIgnoreCase) ? "is a name that downloads use for themselves: choose one without '.mlhub-'."
        : Encoding.UTF8.GetByteCount(name) > MostGiven ? $"has more than the {MostGiven} bytes that leave room for the names of what lies beside it: choose a shorter one."
        : null;

    private static string MakePortable(string name)
    {
        var safe = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
        {
            safe.Append(IsSafe(rune) ? rune.ToString() : "_");
        }

        // Windows drops trailing dots and spaces, which would make two names one. This also removes "." and "..".
        var trimmed = Shorten(safe.ToString().Trim(' ').TrimEnd('.', ' '));
        if (trimmed.Length == 0)
        {
            return Fallback;
        }

        // A remote name must not pass for the journal or the lock of another target.
        trimmed = trimmed.Replace(Ours, ".mlhub_", StringComparison.OrdinalIgnoreCase);
        var stem = trimmed.Split('.')[0].TrimEnd(' ');
        return Reserved.Contains(stem) ? "_" + trimmed : trimmed;
    }

    private static bool IsSafe(Rune rune) =>
        !Rune.IsControl(rune) && rune.Value is not ('/' or '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|' or 0xFFFD)
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    private static string Shorten(string name)
    {
        if (Encoding.UTF8.GetByteCount(name) <= MostMade)
        {
            return name;
        }

        // The extension stays, both parts of .tar.gz included, because programs go by it.
        var dot = name.LastIndexOf('.');
        dot = dot > 4 && name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) && name[dot - 4] == '.' ? dot - 4 : dot;
        var extension = dot > 0 && name.Length - dot <= 16 ? name[dot..] : string.Empty;
        var stem = new StringBuilder();
        var room = MostMade - Encoding.UTF8.GetByteCount(extension);
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
