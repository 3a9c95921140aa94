using System.Text;

namespace MlHub.Sdk;

/// <summary>
/// White space and lower case as defined by Python's <c>str</c>. The profiles file is shared with the Python client, and both must read the same keys.
/// </summary>
internal static class PythonText
{
    /// <summary>As <c>str.isspace</c>: Unicode's White_Space and, unlike .NET, the four information separators.</summary>
    internal static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\u001c' and <= '\u001f';

    /// <summary>As <c>str.strip</c>.</summary>
    internal static string Strip(string text)
    {
        string start = StripEnd(text);
        return start[Indentation(start)..];
    }

    /// <summary>As <c>str.rstrip</c>.</summary>
    internal static string StripEnd(string text)
    {
        int end = text.Length;
        while (end > 0 && IsSpace(text[end - 1]))
        {
            end--;
        }

        return text[..end];
    }

    /// <summary>How many whitespace characters the text begins with.</summary>
    internal static int Indentation(string text)
    {
        int start = 0;
        while (start < text.Length && IsSpace(text[start]))
        {
            start++;
        }

        return start;
    }

    /// <summary>As <c>str.lower</c>, except for the Greek final sigma, which does not occur in keys of profiles.</summary>
    internal static string Lower(string text)
    {
        var lower = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            // The one character whose lower case is two (Unicode's SpecialCasing).
            lower.Append(rune.Value == 0x130 ? "i\u0307" : Rune.ToLowerInvariant(rune).ToString());
        }

        return lower.ToString();
    }
}
