using System.Text.Json;

namespace MlHub.Hub.Definitions;

/// <summary>An object of a definition. Its errors name its place: <c>datasets[2].place.url</c>.</summary>
internal sealed class DefinitionObject
{
    private readonly JsonElement _json;
    private readonly HashSet<string> _read = new(StringComparer.Ordinal) { "$schema" };

    /// <param name="json">The object.</param>
    /// <param name="at">Its place. Empty for the whole file.</param>
    /// <exception cref="FormatException">It is not an object.</exception>
    internal DefinitionObject(JsonElement json, string at)
    {
        (_json, At) = (json, at);
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException($"{(at.Length == 0 ? "the file" : at)} must be an object: {{ … }}.");
        }
    }

    internal string At { get; }

    internal string Place(string name) => At.Length == 0 ? name : $"{At}.{name}";

    /// <summary>The text of a member. Null if it is missing.</summary>
    internal string? Text(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value when Reading.JsonFields.TextOf(value) is { } text => text,
        _ => throw new FormatException($"{Place(name)} must be a text."),
    };

    /// <summary>Whether a member is true. False if it is missing.</summary>
    internal bool Flag(string name) => Find(name) switch
    {
        null or { ValueKind: JsonValueKind.False } => false,
        { ValueKind: JsonValueKind.True } => true,
        _ => throw new FormatException($"{Place(name)} must be true or false."),
    };

    /// <summary>The text of a member that must be there.</summary>
    internal string Required(string name) => Text(name) is { Length: > 0 } text ? text : throw new FormatException($"{Place(name)} is missing.");

    /// <summary>An id that can be part of a path.</summary>
    internal string Id()
    {
        var id = Required("id");
        return id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-') && char.IsAsciiLetterOrDigit(id[0])
            ? id
            : throw new FormatException($"{Place("id")} may have only letters, digits, dots, underscores and hyphens, and begins with a letter or a digit.");
    }

    internal DefinitionObject? Object(string name) => Find(name) is { } value ? new DefinitionObject(value, Place(name)) : null;

    /// <summary>The elements of a list, with their places. Empty if it is missing.</summary>
    internal IReadOnlyList<(JsonElement Value, string At)> List(string name) => Find(name) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Select((value, i) => (value, $"{Place(name)}[{i}]"))],
        _ => throw new FormatException($"{Place(name)} must be a list: [ … ]."),
    };

    internal IReadOnlyList<string> Texts(string name) =>
    [
        .. List(name).Select(element => element.Value.ValueKind == JsonValueKind.String && Reading.JsonFields.TextOf(element.Value) is { Length: > 0 } text
            ? text
            : throw new FormatException($"{element.At} must be a text.")),
    ];

    internal bool Has(string name) => Find(name) is not null;

    /// <summary>The JSON of the object.</summary>
    public override string ToString() => _json.GetRawText();

    /// <summary>Refuses members that were not asked for: they are misspelt.</summary>
    internal void RequireNothingElse()
    {
        foreach (var member in _json.EnumerateObject().Where(member => !_read.Contains(member.Name)))
        {
            throw new FormatException($"{Place(member.Name)} is not known. {(At.Length == 0 ? "The file" : At)} can have: {string.Join(", ", _read.Where(name => name != "$schema").Order(StringComparer.Ordinal))}.");
        }
    }

    private JsonElement? Find(string name)
    {
        _read.Add(name);
        return _json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }
}
