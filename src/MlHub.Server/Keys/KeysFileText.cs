using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MlHub.Server;

/// <summary>The text of a keys file: a key in each line, and comments, which changes keep.</summary>
internal sealed class KeysFileText
{
    /// <summary>Far more than 100,000 keys. The limit keeps a wrong path from filling the memory.</summary>
    private const int MaxBytes = 64 * 1024 * 1024;

    private const string DateFormat = "yyyy-MM-dd";

    private readonly string[] _lines;

    private KeysFileText(string[] lines, ServerKey[] keys) => (_lines, Keys) = (lines, keys);

    public IReadOnlyList<ServerKey> Keys { get; }

    /// <exception cref="InvalidDataException">The file cannot be read, or a line of it is wrong.</exception>
    public static KeysFileText Read(string path)
    {
        try
        {
            // Pipes and devices have no length, and can be read for ever.
            if (File.Exists(path) && (File.ResolveLinkTarget(path, returnFinalTarget: true) as FileInfo ?? new FileInfo(path)).Length == 0)
            {
                return Parse(path, "");
            }

            using var file = new FileStream(path, new FileStreamOptions { Share = FileShare.ReadWrite | FileShare.Delete });
            if (file.Length > MaxBytes)
            {
                throw new InvalidDataException($"The keys file '{path}' is larger than {MaxBytes >> 20} MiB, so it is not a keys file.");
            }

            using var reader = new StreamReader(file, Encoding.UTF8);
            return Parse(path, reader.ReadToEnd());
        }
        catch (FileNotFoundException error)
        {
            throw new InvalidDataException($"There is no keys file '{path}'.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new InvalidDataException($"The keys file '{path}' cannot be read: {(error is NotSupportedException ? "it is not a regular file" : FileErrors.Reason(error, path))}.", error);
        }
    }

    /// <exception cref="InvalidDataException">A line is wrong.</exception>
    public static KeysFileText Parse(string path, string text)
    {
        var lines = text.Split('\n').Select(line => line.TrimEnd('\r')).ToArray();
        var (keys, names, hashes) = (new List<ServerKey>(), new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        for (var number = 1; number <= lines.Length; number++)
        {
            var fields = Fields(lines[number - 1]);
            if (fields.Length == 0)
            {
                continue;
            }

            var key = Key(fields, out var fault);
            fault ??= !names.Add(key!.Name!) ? $"the name \"{key.Name}\" is there twice" : !hashes.Add(key.Id) ? "its key is there twice" : null;
            if (fault is not null)
            {
                // The line is not repeated: it could be a key in plain text.
                throw new InvalidDataException($"Line {number} of the keys file '{path}' is wrong: {fault}. A line has a name, the SHA-256 of a key, a date and, if the key expires, a second date.");
            }

            keys.Add(key!);
        }

        return new KeysFileText(lines, [.. keys]);
    }

    /// <summary>The text with one more key.</summary>
    public string With(ServerKey key)
    {
        string[] fields = [key.Name!, key.Id, Date(key.Created), .. key.Expires is { } expires ? [Date(expires)] : Array.Empty<string>()];
        return Text(_lines.Reverse().SkipWhile(line => line.Length == 0).Reverse().Append(string.Join(' ', fields)));
    }

    /// <summary>The text without a key.</summary>
    public string Without(string name) =>
        Text(_lines.Where(line => Fields(line) is not [var first, ..] || first != name).Reverse().SkipWhile(line => line.Length == 0).Reverse());

    private static string Text(IEnumerable<string> lines) => string.Concat(lines.Select(line => $"{line}\n"));

    private static string Date(DateOnly date) => date.ToString(DateFormat, CultureInfo.InvariantCulture);

    private static string[] Fields(string line) => line.TrimStart().StartsWith('#') ? [] : line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);

    private static ServerKey? Key(string[] fields, out string? fault)
    {
        var (created, expires) = (default(DateOnly), default(DateOnly));
        fault = fields.Length is < 3 or > 4 ? $"it has {fields.Length} fields"
            : !MlHubServerKeysFile.IsName(fields[0]) ? "its name is not allowed"
            : fields[1].Length != SHA256.HashSizeInBytes * 2 || !fields[1].All(char.IsAsciiHexDigit) ? "its second field is not a SHA-256 in hexadecimal"
            : !IsDate(fields[2], out created) || (fields.Length == 4 && !IsDate(fields[3], out expires)) ? "a date is not yyyy-mm-dd"
            : null;
        return fault is not null ? null : new ServerKey
        {
            Name = fields[0],
            Hash = Convert.FromHexString(fields[1]),
            Created = created,
            Expires = fields.Length == 4 ? expires : null,
        };
    }

    private static bool IsDate(string text, out DateOnly date) => DateOnly.TryParseExact(text, DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out date);
}
