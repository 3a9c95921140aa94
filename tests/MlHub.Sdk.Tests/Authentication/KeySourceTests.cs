namespace MlHub.Sdk.Tests.Authentication;

/// <summary>Keys from all sources are trimmed or rejected by the same rule.</summary>
public sealed class KeySourceTests
{
    private const string Key = "s3cret-k\u00e9y";

    /// <summary>Each function sets a text as the key, and returns the key that would be sent, or null.</summary>
    public static TheoryData<string> Sources() => new(["the argument", "MLHUB_API_KEY", "the profile", "configure"]);

    [Theory]
    [MemberData(nameof(Sources))]
    public void Characters_that_files_editors_and_shells_add_at_the_ends_of_a_key_are_ignored(string source)
    {
        foreach (var (before, after) in new[] { ("\uFEFF", "\r\n"), (" \t", "\n"), ("\u00a0\u200b", "\u2028"), ("\n\uFEFF", "\uFEFF"), ("", "\u0085\u001f") })
        {
            // Line ends cannot stand at the beginning of a value in a file.
            var text = source == "the profile" ? before.Trim('\n') + Key + after : before + Key + after;

            Assert.Equal(Key, KeyFrom(source, text));
        }
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void The_message_for_an_invalid_key_contains_its_source_and_the_reason_and_not_the_key(string source)
    {
        foreach (var (text, why) in new[]
        {
            ($"{Key}\u0000{Key}", "it contains a control character or bytes that are not UTF-8 text"),
            ($"{Key}\uFFFD", "it contains a control character or bytes that are not UTF-8 text"),
            ($"{Key}\u200b{Key}", "it contains the invisible character U+200B"),
            ($"{Key}\uFEFF{Key}", "it contains the invisible character U+FEFF"),
            (new string('k', 2049), "it has more than 2048 characters, which is the maximum"),
            ($"{Key}\n  {Key}", "it has several lines"),
        })
        {
            var error = Assert.Throws<MlHubException>(() => KeyFrom(source, text));

            Assert.Contains(why, error.Message, StringComparison.Ordinal);
            Assert.Contains(source switch { "the argument" => "The API key that was given", "the profile" => "api_key of profile \"default\"", "configure" => "The API key", _ => source }, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(Key, error.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("kkkk", error.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void The_longest_key_is_accepted_and_inner_spaces_are_kept(string source)
    {
        Assert.Equal(2048, KeyFrom(source, new string('k', 2048))!.Length);
        Assert.Equal("two words", KeyFrom(source, "two words"));
    }

    [Theory]
    [InlineData("the argument")]
    [InlineData("MLHUB_API_KEY")]
    [InlineData("the profile")]
    public void A_key_of_only_invisible_characters_counts_as_missing(string source) => Assert.Null(KeyFrom(source, "\uFEFF \u200b"));

    [Fact]
    public void Profiles_are_listed_even_if_the_key_of_one_is_invalid()
    {
        using var home = new TestHome("[one]\napi_key = a\u0001b\n[two]\napi_key = 0123456789abcdef\n");

        Assert.Equal(["****", "****cdef"], home.Profiles.List().Select(profile => profile.MaskedApiKey));
    }

    [Fact]
    public void A_root_URL_is_cleaned_in_the_same_way()
    {
        using var home = new TestHome().With("MLHUB_ROOT_URL", "\uFEFFhttps://hub.example/v1//\u200b\r\n");

        Assert.Equal("https://hub.example/v1/", home.Resolve().RootUrl.AbsoluteUri);
    }

    private static string? KeyFrom(string source, string text)
    {
        using var home = new TestHome();
        switch (source)
        {
            case "the argument":
                return home.Resolve(apiKey: text).ApiKey?.Reveal();

            case "MLHUB_API_KEY":
                return home.With("MLHUB_API_KEY", text).Resolve().ApiKey?.Reveal();

            case "the profile":
                home.Write($"[default]\napi_key = {text}");
                return home.Resolve().ApiKey?.Reveal();

            default:
                home.Profiles.SetAsync("default", text).GetAwaiter().GetResult();
                return home.Resolve().ApiKey?.Reveal();
        }
    }
}
