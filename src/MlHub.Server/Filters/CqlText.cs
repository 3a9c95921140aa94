using System.Globalization;
using System.Text;
using NetTopologySuite.Geometries;
using NetTopologySuite.IO;

namespace MlHub.Server;

/// <summary>Reads the text encoding of CQL2 (OGC 21-065r2, 8.2).</summary>
internal sealed class CqlText
{
    private static readonly string[] Comparisons = ["<=", ">=", "<>", "!=", "=", "<", ">"];
    private static readonly HashSet<string> WktTypes =
        new(["POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION"], StringComparer.OrdinalIgnoreCase);

    private readonly string _text;
    private int _at;
    private int _depth;

    private CqlText(string text) => _text = text;

    /// <exception cref="InvalidFilterException">The text is not CQL2.</exception>
    public static Cql Read(string text)
    {
        var reader = new CqlText(text);
        var expression = reader.Or();
        reader.SkipSpace();
        return reader._at == text.Length ? expression : throw reader.Unexpected("the end, AND or OR");
    }

    private Cql Or()
    {
        Descend();
        var alternatives = new List<Cql> { And() };
        while (TakeWord("OR"))
        {
            alternatives.Add(And());
        }

        _depth--;
        return alternatives.Count == 1 ? alternatives[0] : Cql.Operation.Create("or", alternatives);
    }

    private Cql And()
    {
        var conditions = new List<Cql> { Not() };
        while (TakeWord("AND"))
        {
            conditions.Add(Not());
        }

        return conditions.Count == 1 ? conditions[0] : Cql.Operation.Create("and", conditions);
    }

    private Cql Not()
    {
        var isNegated = false;
        while (TakeWord("NOT"))
        {
            isNegated = !isNegated;
        }

        return Negated(isNegated, Predicate());
    }

    private Cql Predicate()
    {
        var left = Sum();
        SkipSpace();
        if (Array.Find(Comparisons, operation => _text.AsSpan(_at).StartsWith(operation, StringComparison.Ordinal)) is { } comparison)
        {
            _at += comparison.Length;
            return Cql.Operation.Create(comparison, [left, Sum()]);
        }

        if (TakeWord("IS"))
        {
            var isNot = TakeWord("NOT");
            Require("NULL");
            return Negated(isNot, Cql.Operation.Create("isNull", [left]));
        }

        var isNegated = TakeWord("NOT");
        return TakeWord("LIKE") ? Negated(isNegated, Cql.Operation.Create("like", [left, Sum()]))
            : TakeWord("BETWEEN") ? Negated(isNegated, Between(left))
            : TakeWord("IN") ? Negated(isNegated, Cql.Operation.Create("in", [left, List()]))
            : isNegated ? throw Unexpected("LIKE, BETWEEN or IN")
            : left;
    }

    private Cql Between(Cql value)
    {
        var low = Sum();
        Require("AND");
        return Cql.Operation.Create("between", [value, low, Sum()]);
    }

    private Cql Sum()
    {
        var left = Product();
        for (; ; )
        {
            SkipSpace();
            if (Peek() is not ('+' or '-'))
            {
                return left;
            }

            left = Cql.Operation.Create(_text[_at++].ToString(), [left, Product()]);
        }
    }

    private Cql Product()
    {
        var left = Power();
        for (; ; )
        {
            SkipSpace();
            if (Peek() is '*' or '/' or '%')
            {
                left = Cql.Operation.Create(_text[_at++].ToString(), [left, Power()]);
            }
            else if (TakeWord("DIV"))
            {
                left = Cql.Operation.Create("div", [left, Power()]);
            }
            else
            {
                return left;
            }
        }
    }

    private Cql Power()
    {
        var left = Value();
        SkipSpace();
        return Take('^') ? Cql.Operation.Create("^", [left, Value()]) : left;
    }

    private Cql Value()
    {
        SkipSpace();
        return Peek() switch
        {
            '\'' => new Cql.Constant(Text()),
            '"' => new Cql.Property(Quoted('"')),
            '(' => Parentheses(),
            '-' => Negative(),
            >= '0' and <= '9' or '.' => new Cql.Constant(Number()),
            var character when IsNameStart(character) => Named(),
            _ => throw Unexpected("a property, a value or a function"),
        };
    }

    private void Descend()
    {
        if (++_depth > Cql.MaxDepth)
        {
            throw new InvalidFilterException($"filter is nested more than {Cql.MaxDepth} levels deep.");
        }
    }

    private Cql Negative()
    {
        _at++;
        Descend();
        var value = Value();
        _depth--;
        return value is Cql.Constant { Value: double number } ? new Cql.Constant(-number) : Cql.Operation.Create("-", [value]);
    }

    private Cql Parentheses()
    {
        _at++;
        var first = Or();
        if (Take(')'))
        {
            return first;
        }

        var elements = Rest(first);
        return ListOf(elements);
    }

    private Cql List()
    {
        Require('(');
        return Take(')') ? ListOf([]) : ListOf(Rest(Or()));
    }

    private List<Cql> Rest(Cql first)
    {
        var elements = new List<Cql> { first };
        while (Take(','))
        {
            elements.Add(Or());
        }

        Require(')');
        return elements;
    }

    private static Cql ListOf(IReadOnlyList<Cql> elements) => CqlJson.ListOf(elements);

    private Cql Named()
    {
        var start = _at;
        while (_at < _text.Length && IsNamePart(_text[_at]))
        {
            _at++;
        }

        var name = _text[start.._at];
        SkipSpace();
        if (WktTypes.Contains(name))
        {
            return new Cql.Constant(Wkt(start));
        }

        if (Peek() != '(')
        {
            return name.ToUpperInvariant() switch
            {
                "TRUE" => new Cql.Constant(true),
                "FALSE" => new Cql.Constant(false),
                "NULL" => new Cql.Constant(null),
                _ => new Cql.Property(name),
            };
        }

        _at++;
        var arguments = Take(')') ? [] : Rest(Or());
        return name.ToUpperInvariant() switch
        {
            "TIMESTAMP" => new Cql.Constant(CqlJson.Timestamp(TextOf(name, arguments, 1)[0])),
            "DATE" => new Cql.Constant(CqlJson.Date(TextOf(name, arguments, 1)[0])),
            "INTERVAL" => new Cql.Constant(CqlJson.Interval(TextOf(name, arguments, 2))),
            "BBOX" => new Cql.Constant(CqlJson.Box([.. arguments.Select(argument => argument is Cql.Constant { Value: double number } ? number : throw new InvalidFilterException("filter: BBOX needs numbers."))])),
            _ => Cql.Operation.Create(name, arguments),
        };
    }

    private static string[] TextOf(string name, List<Cql> arguments, int count) =>
        arguments.Count == count && arguments.All(argument => argument is Cql.Constant { Value: string })
            ? [.. arguments.Select(argument => (string)((Cql.Constant)argument).Value!)]
            : throw new InvalidFilterException($"filter: {name} needs {count} text{(count == 1 ? "" : "s")} in single quotes.");

    // Up to the parenthesis that closes the first one.
    private Geometry Wkt(int start)
    {
        if (TakeWord("Z"))
        {
            SkipSpace();
        }

        if (TakeWord("EMPTY"))
        {
            throw new InvalidFilterException($"filter has a geometry without points at character {start + 1}. Nothing can meet a condition with it.");
        }

        var open = 0;
        do
        {
            switch (Peek())
            {
                case '(':
                    open = open < GeoJsonReader.MaxDepth ? open + 1 : throw new InvalidFilterException("filter has a geometry that is nested too deeply.");
                    break;
                case ')':
                    open--;
                    break;
                case '\0':
                    throw Unexpected("a parenthesis");
                default:
                    if (open == 0)
                    {
                        throw Unexpected("a parenthesis");
                    }

                    break;
            }

            _at++;
        }
        while (open > 0);

        try
        {
            return new WKTReader().Read(_text[start.._at]);
        }
        catch (Exception error) when (error is ParseException or ArgumentException or FormatException or InvalidOperationException)
        {
            throw new InvalidFilterException($"filter has a geometry that is not valid at character {start + 1}.");
        }
    }

    private double Number()
    {
        var start = _at;
        while (_at < _text.Length && (char.IsAsciiDigit(_text[_at]) || _text[_at] is '.' or 'e' or 'E' || (_text[_at] is '+' or '-' && _text[_at - 1] is 'e' or 'E')))
        {
            _at++;
        }

        return double.TryParse(_text.AsSpan(start, _at - start), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number
            : throw new InvalidFilterException($"filter has a number that is not valid at character {start + 1}.");
    }

    private string Text() => Quoted('\'');

    // A quote inside is doubled or has a backslash before it.
    private string Quoted(char quote)
    {
        var text = new StringBuilder();
        for (_at++; _at < _text.Length; _at++)
        {
            var next = _at + 1 < _text.Length ? _text[_at + 1] : '\0';
            if (_text[_at] == quote && next != quote)
            {
                _at++;
                return text.ToString();
            }

            if (next == quote && _text[_at] is '\\' || _text[_at] == quote)
            {
                _at++;
            }

            text.Append(_text[_at]);
        }

        throw new InvalidFilterException($"filter: a {quote} is not closed.");
    }

    private static Cql Negated(bool isNegated, Cql expression) => isNegated ? Cql.Operation.Create("not", [expression]) : expression;

    private static bool IsNameStart(char character) => char.IsLetter(character) || character is '_' or ':';

    private static bool IsNamePart(char character) => char.IsLetterOrDigit(character) || character is '_' or ':' or '.';

    private char Peek() => _at < _text.Length ? _text[_at] : '\0';

    private void SkipSpace()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
        {
            _at++;
        }
    }

    private bool Take(char character)
    {
        SkipSpace();
        if (Peek() != character)
        {
            return false;
        }

        _at++;
        return true;
    }

    private bool TakeWord(string word)
    {
        SkipSpace();
        var end = _at + word.Length;
        if (!_text.AsSpan(_at).StartsWith(word, StringComparison.OrdinalIgnoreCase) || (end < _text.Length && IsNamePart(_text[end])))
        {
            return false;
        }

        _at = end;
        return true;
    }

    private void Require(char character)
    {
        if (!Take(character))
        {
            throw Unexpected($"'{character}'");
        }
    }

    private void Require(string word)
    {
        if (!TakeWord(word))
        {
            throw Unexpected(word);
        }
    }

    private InvalidFilterException Unexpected(string expected) =>
        new(_at < _text.Length ? $"filter: expected {expected} at character {_at + 1}, found '{_text[_at]}'." : $"filter: expected {expected}, found the end.");
}
