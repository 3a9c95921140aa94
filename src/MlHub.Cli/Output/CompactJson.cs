using System.Text;

namespace MlHub.Cli;

/// <summary>Removes white space from JSON and nothing else: digits, escapes and repeated names stay as the server wrote them.</summary>
internal static class CompactJson
{
    /// <param name="json">One valid JSON value.</param>
    public static string Of(string json)
    {
        var compact = new StringBuilder(json.Length);
        var inString = false;
        for (var i = 0; i < json.Length; i++)
        {
            var character = json[i];
            if (inString && character == '\\')
            {
                compact.Append(character).Append(json[++i]);
                continue;
            }

            inString ^= character == '"';
            if (inString || character is not (' ' or '\t' or '\r' or '\n'))
            {
                compact.Append(character);
            }
        }

        return compact.ToString();
    }
}
