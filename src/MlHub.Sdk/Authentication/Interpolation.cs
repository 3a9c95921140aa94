using System.Text;

namespace MlHub.Sdk;

/// <summary>
/// Python's <c>BasicInterpolation</c>: <c>%%</c> is a percent sign, <c>%(name)s</c> the value of another key of the section or of
/// <c>[DEFAULT]</c>. Where Python would refuse the value (a lone <c>%</c>, a name that is not there), the text stands for itself:
/// keys may hold percent signs.
/// </summary>
/// <param name="lookup">The raw value of a key, or null.</param>
internal sealed class Interpolation(Func<string, string?> lookup)
{
    /// <summary>Python's MAX_INTERPOLATION_DEPTH.</summary>
    private const int MaxDepth = 10;

    /// <summary>Ten levels of references can multiply beyond all bounds; no key and no URL needs this many.</summary>
    private const int MaxReferences = 1000;

    private readonly StringBuilder _result = new();
    private int _references;

    /// <returns>The value with its references replaced; null where they go in circles or are too many.</returns>
    internal static string? Expand(string value, Func<string, string?> lookup)
    {
        var interpolation = new Interpolation(lookup);
        return interpolation.Append(value, depth: 1) ? interpolation._result.ToString() : null;
    }

    /// <summary>The value written so that reading it gives the value again, here and in Python.</summary>
    internal static string Escape(string value) => value.Replace("%", "%%", StringComparison.Ordinal);

    private bool Append(ReadOnlySpan<char> rest, int depth)
    {
        if (depth > MaxDepth || _references > MaxReferences)
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
        int end = rest.IndexOf(')');
        if (!rest.StartsWith("%(", StringComparison.Ordinal) || end < 3 || end + 1 >= rest.Length || rest[end + 1] != 's')
        {
            return null;
        }

        length = end + 2;
        return lookup(PythonText.Lower(rest[2..end].ToString()));
    }
}
