using System.Buffers;
using System.Globalization;
using System.Text;

namespace MlHub.Sdk.Downloads.Files;

/// <summary>Makes file names that are valid and identical on Windows, Linux and macOS, and never lead out of their directory.</summary>
internal static class SafeFileName
{
    // The common file systems allow 255 bytes. The longest suffix of a temporary file, .mlhub-journal-new, takes 18 of them.
    private const int MostGiven = 255 - 18;
    private const int MostMade = 200;
    private const int LongestExtension = 10;
    private const string Fallback = "download";
    private const string Ours = ".mlhub-";

    private static readonly SearchValues<string> OurNames = SearchValues.Create([Ours], StringComparison.OrdinalIgnoreCase);

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789");
    private static readonly SearchValues<char> LettersAndDigits = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
    private static readonly SearchValues<char> Plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    // https://learn.microsoft.com/windows/win32/fileio/naming-a-file: reserved with any extension.
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$",
        "COM0", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9", "COM¹", "COM²", "COM³",
        "LPT0", "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9", "LPT¹", "LPT²", "LPT³",
    };

    // Extensions of server-side programs. An address with such an extension names the program, not the file that it returns.
    private static readonly HashSet<string> Scripts = new(StringComparer.OrdinalIgnoreCase)
    {
        "php", "asp", "aspx", "ashx", "jsp", "do", "cgi", "py", "pl", "cfm", "dll",
    };

    /// <summary>The last segment of an address, as a safe name.</summary>
    internal static string FromUrl(Uri url) => Make(Uri.UnescapeDataString(ExactUri.LastSegment(url)));

    /// <summary>
    /// The name with all unsafe characters replaced. It is never empty and never the name of a hidden file, because people do not see hidden files, and
    /// programs read some of them.
    /// </summary>
    internal static string Make(string name) => MakePortable(name) is var made && made[0] == '.' ? $"_{made[1..]}" : made;

    /// <summary>
    /// Whether the name ends in a file extension: up to ten letters or digits, not only digits (a version), and not the extension of a server-side script.
    /// </summary>
    internal static bool HasExtension(string name)
    {
        var extension = name.AsSpan(name.LastIndexOf('.') + 1);
        return extension.Length is > 0 and <= LongestExtension && extension.Length < name.Length
            && !extension.ContainsAnyExcept(LettersAndDigits) && extension.ContainsAnyExcept(Digits) && !Scripts.GetAlternateLookup<ReadOnlySpan<char>>().Contains(extension);
    }

    /// <summary>The reason why a name given by the caller cannot be used. Null if it can.</summary>
    internal static string? WhyNot(string name) =>
        name.Length == 0 || name is "." or ".." || name.IndexOfAny(['/', '\\', '\0']) >= 0 || (OperatingSystem.IsWindows() && MakePortable(name) != name)
            ? "is not a plain file name: it may not hold a directory."
        : name.Contains(Ours, StringComparison.OrdinalIgnoreCase) ? "is reserved for temporary files: choose a name without '.mlhub-'."
        : Encoding.UTF8.GetByteCount(name) > MostGiven ? $"is longer than {MostGiven} bytes, so the names of its temporary files would be too long: choose a shorter name."
        : null;

    private static string MakePortable(string name)
    {
        if (IsPlain(name))
        {
            return name;
        }

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

        // A name from a server must not be taken for the journal or the lock of another target.
        trimmed = trimmed.Replace(Ours, ".mlhub_", StringComparison.OrdinalIgnoreCase);
        var stem = trimmed.Split('.')[0].TrimEnd(' ');
        return Reserved.Contains(stem) ? "_" + trimmed : trimmed;
    }

    // Almost all names. It must agree with what follows, which costs twenty times as much.
    private static bool IsPlain(string name) =>
        name.Length is > 0 and <= MostMade && !name.AsSpan().ContainsAnyExcept(Plain) && name[^1] != '.' && !name.AsSpan().ContainsAny(OurNames)
        && !Reserved.GetAlternateLookup<ReadOnlySpan<char>>().Contains(name.AsSpan(0, name.IndexOf('.', StringComparison.Ordinal) is >= 0 and var dot ? dot : name.Length));

    private static bool IsSafe(Rune rune) =>
        !Rune.IsControl(rune) && rune.Value is not ('/' or '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|' or 0xFFFD)
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    private static string Shorten(string name)
    {
        if (Encoding.UTF8.GetByteCount(name) <= MostMade)
        {
            return name;
        }

        // The extension is kept, including both parts of .tar.gz, because programs depend on it.
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
