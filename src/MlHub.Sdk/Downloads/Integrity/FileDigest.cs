using System.Diagnostics.CodeAnalysis;
using MlHub.Sdk.Downloads.Integrity;

namespace MlHub.Sdk;

/// <summary>The digest of a whole file.</summary>
/// <example><c>FileDigest.Parse("sha-256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")</c></example>
public readonly record struct FileDigest
{
    private readonly string? _hex;

    /// <summary>Creates a digest from its bytes.</summary>
    /// <param name="algorithm">The algorithm.</param>
    /// <param name="value">The bytes of the digest. Checksums are big-endian.</param>
    /// <exception cref="ArgumentException">The number of bytes does not match the algorithm.</exception>
    public FileDigest(DigestAlgorithm algorithm, ReadOnlySpan<byte> value)
    {
        if (value.Length != algorithm.Length())
        {
            throw new ArgumentException($"A {algorithm.Name()} digest has {algorithm.Length()} bytes, not {value.Length}.", nameof(value));
        }

        Algorithm = algorithm;
        _hex = Convert.ToHexStringLower(value);
    }

    /// <summary>The algorithm.</summary>
    public DigestAlgorithm Algorithm { get; }

    /// <summary>The digest in lower-case hexadecimal.</summary>
    public string Hex => _hex ?? string.Empty;

    /// <summary>Parses <c>algorithm:value</c>, for example <c>md5:d41d8cd98f00b204e9800998ecf8427e</c>. The value is hexadecimal or base64.</summary>
    /// <param name="text">The text to parse.</param>
    /// <returns>The digest.</returns>
    /// <exception cref="FormatException">The text is not a digest.</exception>
    public static FileDigest Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var digest) ? digest : throw new FormatException(WhatIsWrongWith(text));
    }

    /// <summary>Parses <c>algorithm:value</c> like <see cref="Parse"/>, without throwing an exception.</summary>
    /// <param name="text">The text to read.</param>
    /// <param name="digest">The digest.</param>
    /// <returns>Whether the text is a digest.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out FileDigest digest)
    {
        digest = default;
        var colon = text?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        return colon > 0
            && DigestAlgorithms.TryParse(text.AsSpan(0, colon), out var algorithm)
            && DigestText.TryRead(algorithm, text.AsSpan(colon + 1).Trim(), out digest);
    }

    /// <summary>The digest as <c>algorithm:hex</c>, which <see cref="Parse"/> accepts.</summary>
    /// <returns>The digest as text.</returns>
    public override string ToString() => $"{Algorithm.Name()}:{Hex}";

    /// <summary>Fails where two different digests of one algorithm are given.</summary>
    internal static void RequireOneOfEach(IReadOnlyList<FileDigest> expected, string parameter)
    {
        if (expected.Distinct().CountBy(digest => digest.Algorithm).FirstOrDefault(group => group.Value > 1) is { Value: > 1, Key: var twice })
        {
            throw new ArgumentException($"Two different {twice.Name()} digests are expected, and a file has one: leave one of them out.", parameter);
        }
    }

    private static string WhatIsWrongWith(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            return $"'{text}' is not a digest. Write algorithm:value, for example md5:d41d8cd98f00b204e9800998ecf8427e.";
        }

        if (!DigestAlgorithms.TryParse(text.AsSpan(0, colon), out var algorithm))
        {
            return $"There is no digest algorithm '{text[..colon]}': {string.Join(", ", Enum.GetValues<DigestAlgorithm>().Select(known => known.Name()))}.";
        }

        var value = text.AsSpan(colon + 1).Trim();
        var digits = algorithm.Length() * 2;
        return value.Length == digits
            ? $"The value of {algorithm.Name()} is not hexadecimal: only 0 to 9 and a to f are allowed."
            : $"{algorithm.Name()} has {digits} hexadecimal digits, not {value.Length}; or {((algorithm.Length() + 2) / 3) * 4} characters of base64.";
    }
}
