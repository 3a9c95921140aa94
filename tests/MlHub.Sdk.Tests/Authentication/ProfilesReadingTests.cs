namespace MlHub.Sdk.Tests.Authentication;

public class ProfilesReadingTests
{
    [Theory]
    [InlineData("[default]\napi_key = abc\n")]
    [InlineData("[default]\napi_key=abc")]
    [InlineData("[default]\napi_key: abc\n")]
    [InlineData("[default]\r\napi_key = abc\r\n")]
    [InlineData("[default]\rapi_key = abc\r")]
    [InlineData("\uFEFF[default]\napi_key = abc\n")]
    [InlineData("[default]\nAPI_Key = abc\n")]
    [InlineData("[default]\n   api_key   =   abc   \n")]
    [InlineData("# a comment\n[default]\n  ; another\napi_key = abc\n")]
    [InlineData("[default] what follows is ignored\napi_key = abc\n")]
    [InlineData("[DEFAULT]\napi_key = abc\n[default]\n")]
    [InlineData("[default]\n[DEFAULT]\napi_key = abc\n")]
    [InlineData("[DEFAULT]\napi_key = of all\n[default]\napi_key = abc\n")]
    [InlineData("[default]\napi_key =\n  abc\n")]
    [InlineData("[default]\nmiddle = b\napi_key = a%(middle)sc\n")]
    [InlineData("[DEFAULT]\nend = c\n[default]\nmiddle = b%(END)s\napi_key = a%(Middle)s\n")]
    public void A_key_is_read_as_configparser_reads_it(string text)
    {
        using var home = new TestHome(text);

        Assert.Equal("abc", home.KeyOf());
    }

    [Theory]
    [InlineData("a = b", "a = b")]
    [InlineData("a:b=c", "a:b=c")]
    [InlineData("abc # no comment", "abc # no comment")]
    [InlineData("abc ; no comment", "abc ; no comment")]
    [InlineData("#abc", "#abc")]
    [InlineData("\"abc\"", "\"abc\"")]
    [InlineData("abc\n  def\n\n  ghi\n\n", "abc\ndef\n\nghi")]
    [InlineData("abc\n# a comment\n  def", "abc\ndef")]
    [InlineData("50%%", "50%")]
    [InlineData("50%", "50%")]
    [InlineData("%", "%")]
    [InlineData("a%20b%zz", "a%20b%zz")]
    [InlineData("%(nowhere)s", "%(nowhere)s")]
    [InlineData("%(unclosed", "%(unclosed")]
    [InlineData("%()s", "%()s")]
    public void A_value_is_what_follows_the_delimiter(string written, string read)
    {
        using var home = new TestHome($"[default]\nroot_url = {written}\n");

        Assert.Equal(read, Assert.Single(home.Profiles.List()).RootUrl);
    }

    [Fact]
    public void Profile_names_are_case_sensitive()
    {
        using var home = new TestHome("[Project]\napi_key = upper\n[project]\napi_key = lower\n");

        Assert.Equal("upper", home.KeyOf(profile: "Project"));
        Assert.Equal("lower", home.KeyOf(profile: "project"));
    }

    [Fact]
    public void A_list_shows_every_profile_with_its_key_masked()
    {
        using var home = new TestHome(
            "[DEFAULT]\nroot_url = http://localhost/\n[one]\napi_key = 0123456789abcdef\n[two]\napi_key = 1234\n[three]\n");

        IReadOnlyList<MlHubProfile> profiles = home.Profiles.List();

        Assert.Equal(["one ****cdef", "two ****4", "three "], profiles.Select(profile => $"{profile.Name} {profile.MaskedApiKey}"));
        Assert.All(profiles, profile => Assert.Equal("http://localhost/", profile.RootUrl));
    }

    [Fact]
    public void Without_a_file_there_are_no_profiles()
    {
        using var home = new TestHome();

        Assert.False(home.Profiles.Exists);
        Assert.Empty(home.Profiles.List());
        Assert.Null(home.Profiles.Find("default"));
        Assert.Null(home.Profiles.PermissionsWarning);
    }

    [Fact]
    public void A_profile_is_found_by_its_exact_name()
    {
        using var home = new TestHome("[one]\napi_key = 0123456789abcdef\n");

        Assert.Equal(new MlHubProfile { Name = "one", MaskedApiKey = "****cdef" }, home.Profiles.Find("one"));
        Assert.Null(home.Profiles.Find("ONE"));
        Assert.Null(home.Profiles.Find("DEFAULT"));
    }

    [Theory]
    [InlineData("api_key = s3cret\n", "line 1 is before the first [section]")]
    [InlineData("[default]\n\ns3cret\n", "line 3 is neither a [section] nor \"key = value\" nor a comment")]
    [InlineData("[default]\n= s3cret\n", "line 2 is neither")]
    [InlineData("[]\n", "line 1 is before")]
    [InlineData("[default]\napi_key = s3cret\nAPI_KEY: s3cret\n", "line 3 repeats the key of line 2")]
    [InlineData("[DEFAULT]\nx = s3cret\n[DEFAULT]\nx = s3cret\n", "line 4 repeats the key of line 2")]
    [InlineData("[default]\n[other]\n[default]\napi_key = s3cret\n", "line 3 repeats the section of line 1")]
    [InlineData("[default]\napi_key = s3cret%(api_key)s\n", "the value of api_key on line 2 contains a circular reference")]
    [InlineData("[default]\napi_key = s3cret%(a)s\na = %(b)s\nb = %(a)s\n", "line 2 contains a circular reference")]
    public void The_message_for_an_invalid_file_names_the_line_and_not_its_content(string text, string says)
    {
        using var home = new TestHome(text);

        var error = Assert.Throws<MlHubException>(() => home.KeyOf());

        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Contains(home.ProfilesPath, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void References_to_a_long_value_that_would_fill_the_memory_are_an_error()
    {
        var file = $"[default]\nlong = {new string('x', 100_000)}\napi_key = {string.Concat(Enumerable.Repeat("%(long)s", 900))}\n";
        using var home = new TestHome(file);

        Assert.Throws<MlHubException>(() => home.KeyOf());
    }

    [Fact]
    public void References_that_expand_exponentially_are_an_error()
    {
        string levels = string.Concat(
            Enumerable.Range(0, 9).Select(i => $"v{i} = {string.Concat(Enumerable.Repeat($"%(v{i + 1})s", 100))}\n"));
        using var home = new TestHome($"[default]\napi_key = %(v0)s\n{levels}v9 =\n");

        Assert.Throws<MlHubException>(() => home.KeyOf());
    }

    [Fact]
    public void A_file_that_is_not_UTF8_is_reported()
    {
        using var home = new TestHome("");
        File.WriteAllBytes(home.ProfilesPath, [.. "[default]\n# caf"u8, 0xE9, .. "\napi_key = abc\n"u8]);

        var error = Assert.Throws<MlHubException>(() => home.KeyOf());

        Assert.Contains("not UTF-8", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_instead_of_the_file_is_reported()
    {
        using var home = new TestHome();
        Directory.CreateDirectory(home.ProfilesPath);

        var error = Assert.Throws<MlHubException>(() => home.Profiles.List());

        Assert.Contains($"{home.ProfilesPath} cannot be read", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_too_large_to_be_a_profiles_file_is_not_read()
    {
        using var home = new TestHome(new string('#', 2 * 1024 * 1024));

        var error = Assert.Throws<MlHubException>(() => home.Profiles.List());

        Assert.Contains("larger than 1 MiB", error.Message, StringComparison.Ordinal);
    }
}
