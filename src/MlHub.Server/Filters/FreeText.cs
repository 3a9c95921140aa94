using System.Text.Json;

namespace MlHub.Server;

/// <summary>The <c>q</c> of a search: an entity meets it if one of the words or phrases is in its id, title, description or keywords, ignoring case.</summary>
internal sealed record FreeText(IReadOnlyList<string> Phrases) : Cql
{
    private static readonly string[] Searched = ["id", "title", "description", "keywords"];

    public override object? ValueFor(JsonElement item) => Searched.Any(name => ItemFields.Find(item, name) is { } field && IsIn(field));

    private bool IsIn(JsonElement field) => field.ValueKind switch
    {
        JsonValueKind.String => Phrases.Any(phrase => HasPhrase(field.GetString()!, phrase)),
        JsonValueKind.Array => field.EnumerateArray().Any(IsIn),
        _ => false,
    };

    // Whole words: "rice" is not in "price".
    private static bool HasPhrase(string text, string phrase)
    {
        for (var at = text.IndexOf(phrase, StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf(phrase, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            var end = at + phrase.Length;
            if ((at == 0 || !char.IsLetterOrDigit(text[at - 1])) && (end == text.Length || !char.IsLetterOrDigit(text[end])))
            {
                return true;
            }
        }

        return false;
    }
}
