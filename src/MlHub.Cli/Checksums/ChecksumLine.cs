using System.Buffers;
using System.Text;

namespace MlHub.Cli;

/// <summary>A line of a checksum file, as <c>sha256sum</c> of GNU coreutils writes it.</summary>
/// <param name="Hex">The SHA-256 in hexadecimal.</param>
/// <param name="Name">The name of the file.</param>
internal sealed record ChecksumLine(string Hex, string Name)
{
    private const int HexDigits = 64;
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>Reads a line; null if it is not a checksum line, for example a comment.</summary>
    public static ChecksumLine? Parse(string line)
    {
        var isEscaped = line.StartsWith('\\');
        var text = isEscaped ? line.AsSpan(1) : line;

        // Two spaces, or a space and an asterisk for a file that was read as binary.
        if (text.Length < HexDigits + 3 || text[HexDigits] != ' ' || text[HexDigits + 1] is not (' ' or '*') || text[..HexDigits].ContainsAnyExcept(Digits))
        {
            return null;
        }

        var name = text[(HexDigits + 2)..].ToString();
        return new ChecksumLine(text[..HexDigits].ToString().ToLowerInvariant(), isEscaped ? Unescape(name) : name);
    }

    /// <summary>The line of the file. It begins with a backslash if backslashes and line ends in the name are escaped.</summary>
    public override string ToString() =>
        Name.AsSpan().ContainsAny("\\\n\r")
            ? $"\\{Hex}  {Name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal)}"
            : $"{Hex}  {Name}";

    private static string Unescape(string name)
    {
        var text = new StringBuilder(name.Length);
        for (var index = 0; index < name.Length; index++)
        {
            var next = name[index] == '\\' && index + 1 < name.Length ? name[++index] : (char?)null;
            text.Append(next switch
            {
                null => name[index],
                'n' => '\n',
                'r' => '\r',
                { } same => same,
            });
        }

        return text.ToString();
    }
}
