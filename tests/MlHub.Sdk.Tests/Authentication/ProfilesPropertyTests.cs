using FsCheck;
using FsCheck.Xunit;

namespace MlHub.Sdk.Tests.Authentication;

public class ProfilesPropertyTests
{
    [Property]
    public void Any_key_under_any_name_round_trips_or_is_rejected(NonNull<string> name, NonNull<string> key)
    {
        ProfilesText? written = Try(() =>
        {
            ProfileRules.CheckName(name.Get);
            return ProfilesText.Parse("profiles", "").With(name.Get, "api_key", ProfileRules.CheckedApiKey(key.Get));
        });

        if (written is not null)
        {
            Assert.Equal([name.Get], written.Names);
            Assert.Equal(PythonText.Strip(key.Get), ProfilesText.Parse("profiles", written.ToString()).Get(name.Get, "api_key"));
        }
    }

    [Property]
    public async Task Any_printable_key_and_name_round_trip(DoNotSize<int> seed)
    {
        using var home = new TestHome();
        string key = new RandomProfiles(seed.Item).Key();
        string name = new RandomProfiles(~seed.Item).Key().Replace(']', '[');

        await home.Profiles.SetAsync(name, apiKey: key);

        Assert.Equal(key, home.KeyOf(profile: name));
    }

    [Property(MaxTest = 2000)]
    public void Any_text_is_read_or_rejected_with_a_reason(NonNull<string> text) => AssertReadOrRefused(text.Get);

    [Property(MaxTest = 2000)]
    public void Any_almost_valid_file_is_read_or_rejected_with_a_reason(DoNotSize<int> seed) =>
        AssertReadOrRefused(new RandomProfiles(seed.Item).Text());

    [Property(MaxTest = 2000)]
    public void A_new_profile_keeps_all_existing_bytes(DoNotSize<int> seed)
    {
        string before = new RandomProfiles(seed.Item).Text();

        if (TryParse(before) is { } text)
        {
            Assert.StartsWith(text.ToString(), text.With("a new one", "api_key", "k").ToString(), StringComparison.Ordinal);
        }
    }

    [Property(MaxTest = 2000)]
    public void A_new_key_of_a_profile_keeps_comments_and_other_values(DoNotSize<int> seed)
    {
        string before = new RandomProfiles(seed.Item).Text();
        if (TryParse(before) is not { } text || text.Names.FirstOrDefault() is not { } name)
        {
            return;
        }

        ProfilesText after = text.With(name, "api_key", "a%b");

        Assert.Equal("a%b", after.Get(name, "api_key"));
        Assert.Equal(text.Names, after.Names);
        Assert.Equal(Comments(text), Comments(after));
        Assert.Equal(OtherValues(text, name), OtherValues(after, name));
    }

    private static void AssertReadOrRefused(string content)
    {
        if (TryParse(content) is { } text)
        {
            Assert.Equal(content.StartsWith('\uFEFF') ? content[1..] : content, text.ToString());
            Assert.All(text.Names, name => Try(() => text.Get(name, "api_key")));
        }
    }

    private static ProfilesText? TryParse(string text) => Try(() => ProfilesText.Parse("profiles", text));

    // Any other exception is a failure of the test.
    private static T? Try<T>(Func<T?> action)
        where T : class
    {
        try
        {
            return action();
        }
        catch (MlHubException error)
        {
            Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
            return null;
        }
    }

    private static IEnumerable<string> Lines(ProfilesText text) => text.ToString().Split('\r', '\n').Select(PythonText.Strip);

    private static IEnumerable<string> Comments(ProfilesText text) => Lines(text).Where(line => line is ['#' or ';', ..]);

    private static IEnumerable<string?> OtherValues(ProfilesText text, string name) =>
        from other in text.Names
        where other != name
        from key in new[] { "api_key", "root_url", "colour" }
        select Try(() => text.Get(other, key));
}
