using System.Text;

namespace MlHub.Sdk;

/// <summary>
/// Python's <c>BasicInterpolation</c>: <c>%%</c> is a percent sign, <c>%(name)s</c> the value of another key of the section or of
/// <c>[DEFAULT]</c>. If Python would reject the value (a single <c>%</c>, an unknown name), the text is used literally, because keys may contain percent signs.
/// </summary>
/// <param name="lookup">The raw value of a key, or null.</param>
internal sealed class Interpolation(Func<string, string?> lookup)
{
    /// <summary>Python's MAX_INTERPOLATION_DEPTH.</summary>
    private const int MaxDepth = 10;

    /// <summary>The maximum number of references. Ten levels of references can grow exponentially, and no key or URL needs more than this.</summary>
    private const int MaxReferences = 1000;

    /// <summary>The maximum length of a value: the maximum size of the file.</summary>
    private const int MaxLength = 1024 * 1024;

    /// <summary>No key is longer. Without this limit, the time for a value with many unclosed references would be quadratic.</summary>
    private const int MaxReferenceLength = 1024;

    private readonly StringBuilder _result = new();
    private int _references;

    /// <returns>The value with its references replaced. Null if they are circular or too many, or if the value is too long.</returns>
    internal static string? Expand(string value, Func<string, string?> lookup)
    {
        var interpolation = new Interpolation(lookup);
        return interpolation.Append(value, depth: 1) ? interpolation._result.ToString() : null;
    }

    /// <summary>Escapes the value so that reading it returns the same value, here and in Python.</summary>
    internal static string Escape(string value) => value.Replace("%", "%%", StringComparison.Ordinal);

    private bool Append(ReadOnlySpan<char> rest, int depth)
    {
        if (depth > MaxDepth || _references > MaxReferences || _result.Length > MaxLength)
        {
            return false;
        }

        while (rest.Length > 0)
        {
            int percent = rest.IndexOf('%');
            if (percent != 0)
            {
                int plain = percent < 0 ? rest.Length : percent;
                _result.Append(rest[..plain]);
                rest = rest[plain..];
                continue;
            }

            if (Reference(rest, out int length) is { } value)
            {
                _references++;
                if (!Append(value, depth + 1))
                {
                    return false;
                }
            }
            else
            {
                length = rest.StartsWith("%%", StringComparison.Ordinal) ? 2 : 1;
                _result.Append('%');
            }

            rest = rest[length..];
        }

        return true;
    }

    // Python's %\(([^)]+)\)s
    private string? Reference(ReadOnlySpan<char> rest, out int length)
    {
        length = 0;
        int end = rest[..Math.Min(rest.Length, MaxReferenceLength)].IndexOf(')');
        if (!rest.StartsWith("%(", StringComparison.Ordinal) || end < 3 || end + 1 >= rest.Length || rest[end + 1] != 's')
        {
            return null;
        }

        length = end + 2;
        return lookup(PythonText.Lower(rest[2..end].ToString()));
    }
}
