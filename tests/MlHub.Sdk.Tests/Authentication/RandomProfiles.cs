namespace MlHub.Sdk.Tests.Authentication;

/// <summary>Generates texts that are almost profiles files: typical lines, and fragments in any order.</summary>
public sealed class RandomProfiles(int seed)
{
    private static readonly string[] Names = ["default", "DEFAULT", "one", "Two words", " spaced ", "a]b", "é"];
    private static readonly string[] Keys = ["api_key", "API_KEY", "root_url", "colour", "x y", "İ", "\u212Aey"];
    private static readonly string[] Delimiters = ["=", ":", " = ", " : ", "= ", "\t=\t", " =", "\u00A0=\u001F"];
    private static readonly string[] Values = [
        "", "abc", "a b", "a=b", "#a", "50%", "%%", "a%%b", "%(colour)s", "%(X Y)s", "%(api_key)s!",
        "[one]", "ключ", "a\u2028b", "a\u0085b", "a\fb"];
    private static readonly string[] Indents = ["", "", "", "", " ", "  ", "\t", "\u00A0", "\u001C"];
    private static readonly string[] Ends = ["\n", "\n", "\n", "\n", "\r\n", "\r", "\n\n", " \n"];
    private static readonly string[] Fragments =
        [.. Names, .. Keys, .. Delimiters, .. Values, .. Indents, .. Ends, "[", "]", "#", ";", "%", "(", ")s", "\0", "\uFEFF", "🔑"];

    private static readonly string[] KeyParts = ["%", "%%", "%(x)s", "=", ":", "#", ";", "[", "]", " ", "abc", "é", "🔑", "\u2028"];

    private readonly Random _random = new(seed);

    public string Name() => Pick(Names);

    public string Text() => _random.Next(4) == 0 ? Many(30, () => Pick(Fragments)) : Many(10, Line);

    /// <summary>A text that is a valid key: printable, without white space at its ends.</summary>
    public string Key() => $"<{Many(6, () => Pick(KeyParts))}>";

    private string Line() => Pick(Indents) + _random.Next(10) switch
    {
        < 2 => $"[{Name()}]",
        2 => Pick(["# a comment", "; = a comment", "#"]),
        3 => Pick(Values),
        4 => "",
        _ => Pick(Keys) + Pick(Delimiters) + Pick(Values),
    } + Pick(Ends);

    private string Many(int most, Func<string> part) => string.Concat(Enumerable.Range(0, _random.Next(most + 1)).Select(_ => part()));

    private string Pick(string[] choices) => choices[_random.Next(choices.Length)];
}
