namespace MlHub.Sdk.Tests.Authentication;

public class SettingsTests
{
    private const string ThreeProfiles = """
        [default]
        api_key = of default

        [project1]
        api_key = of project1
        root_url = https://one.example/v1

        [project2]
        root_url = https://two.example/v1
        """;

    [Fact]
    public void The_key_is_taken_from_the_five_sources_of_the_manual_in_order()
    {
        using var home = new TestHome(ThreeProfiles);
        Assert.Equal("of default", home.KeyOf());

        home.With("MLHUB_PROFILE", "project1");
        Assert.Equal("of project1", home.KeyOf());
        Assert.Equal("of default", home.KeyOf(profile: "default"));

        home.With("MLHUB_API_KEY", "of the environment");
        Assert.Equal("of the environment", home.KeyOf());
        Assert.Equal("given", home.KeyOf(apiKey: "given"));
    }

    [Fact]
    public void An_explicit_profile_takes_precedence_over_the_environment()
    {
        using var home = new TestHome(ThreeProfiles)
            .With("MLHUB_API_KEY", "of the environment").With("MLHUB_PROFILE", "default").With("MLHUB_ROOT_URL", "https://env.example/");

        MlHubSettings settings = home.Resolve(profile: "project1");

        Assert.Equal("of project1", settings.RequireApiKey()!.Reveal());
        Assert.Equal(new Uri("https://one.example/v1/"), settings.RootUrl);
        Assert.Equal("profile \"project1\"", settings.ApiKeySource);
        Assert.Equal("profile \"project1\"", settings.RootUrlSource);
    }

    [Fact]
    public void The_key_of_the_environment_is_never_sent_to_the_hub_of_a_named_profile_without_a_key()
    {
        using var home = new TestHome(ThreeProfiles).With("MLHUB_API_KEY", "of the environment");

        var error = Assert.Throws<ApiKeyNotFoundException>(() => home.KeyOf(profile: "project2"));

        Assert.Contains("MLHUB_API_KEY is not used, because a profile was named", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "https://env.example/v1", "https://one.example/v1/")]
    [InlineData("https://given.example", "https://env.example/v1", "https://given.example/")]
    public void A_root_URL_is_taken_from_the_argument_or_the_named_profile(string? given, string variable, string expected)
    {
        using var home = new TestHome(ThreeProfiles).With("MLHUB_ROOT_URL", variable);

        Assert.Equal(new Uri(expected), home.Resolve(profile: "project1", rootUrl: given).RootUrl);
    }

    [Fact]
    public void Without_a_named_profile_the_variable_takes_precedence_over_the_root_URL_of_the_file()
    {
        using var home = new TestHome("[default]\napi_key = k\nroot_url = https://file.example/v1\n");
        Assert.Equal(new Uri("https://file.example/v1/"), home.Resolve().RootUrl);
        Assert.Equal(new Uri("https://file.example/v1/"), home.Resolve(apiKey: "given").RootUrl);

        home.With("MLHUB_ROOT_URL", "https://env.example/v1");
        Assert.Equal(new Uri("https://env.example/v1/"), home.Resolve().RootUrl);
        Assert.Equal("MLHUB_ROOT_URL", home.Resolve().RootUrlSource);
    }

    [Fact]
    public void Without_any_setting_the_root_URL_is_that_of_the_original_service()
    {
        using var home = new TestHome();

        MlHubSettings settings = home.Resolve();

        Assert.Equal(new Uri("https://api.radiant.earth/mlhub/v1/"), settings.RootUrl);
        Assert.Equal("default", settings.Profile);
        Assert.Equal(home.ProfilesPath, settings.ProfilesPath);
        Assert.Null(settings.MaskedApiKey);
        Assert.Null(settings.ApiKeySource);
        Assert.Empty(settings.Warnings);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public void Empty_values_count_as_absent(string empty)
    {
        using var home = new TestHome(ThreeProfiles)
            .With("MLHUB_API_KEY", empty).With("MLHUB_PROFILE", empty).With("MLHUB_ROOT_URL", empty).With("MLHUB_HOME", empty);

        MlHubSettings settings = home.Resolve(apiKey: empty, profile: empty, home: empty);

        Assert.Equal("of default", settings.RequireApiKey()!.Reveal());
        Assert.Equal(MlHubSettings.DefaultRootUrl, settings.RootUrl);
    }

    [Theory]
    [InlineData("https://hub.example/mlhub/v1", "https://hub.example/mlhub/v1/")]
    [InlineData("https://hub.example/mlhub/v1/", "https://hub.example/mlhub/v1/")]
    [InlineData("http://127.0.0.1:8080", "http://127.0.0.1:8080/")]
    [InlineData(" https://hub.example/v1\n", "https://hub.example/v1/")]
    [InlineData("HTTPS://HUB.example/a%20b", "https://hub.example/a%20b/")]
    public void A_root_URL_may_end_in_a_slash_or_not(string given, string expected)
    {
        using var home = new TestHome().With("MLHUB_ROOT_URL", given);

        Assert.Equal(expected, home.Resolve().RootUrl.AbsoluteUri);
    }

    [Theory]
    [InlineData("hub.example/v1")]
    [InlineData("localhost:8080/v1")]
    [InlineData("/mlhub/v1")]
    [InlineData("file:///mlhub/v1")]
    [InlineData("ftp://hub.example/v1")]
    [InlineData("https://user:s3cret@hub.example/v1")]
    [InlineData("https://hub.example/v1?key=s3cret")]
    [InlineData("https://hub.example/v1#s3cret")]
    [InlineData("http://")]
    public void The_message_for_an_invalid_root_URL_contains_its_source(string url)
    {
        using var home = new TestHome($"[default]\napi_key = k\nroot_url = {url}\n");
        AssertNames("root_url of profile \"default\" in " + home.ProfilesPath, Assert.Throws<MlHubException>(() => home.Resolve()));

        home.With("MLHUB_ROOT_URL", url);
        AssertNames("MLHUB_ROOT_URL", Assert.Throws<MlHubException>(() => home.Resolve()));

        if (Uri.TryCreate(url, UriKind.RelativeOrAbsolute, out _))
        {
            AssertNames("The root URL that was given", Assert.Throws<MlHubException>(() => home.Resolve(rootUrl: url)));
        }

        static void AssertNames(string source, MlHubException error)
        {
            Assert.StartsWith(source, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_anonymous_profile_means_no_key()
    {
        using var home = new TestHome(ThreeProfiles);
        Assert.Null(home.KeyOf(profile: "__anonymous__"));

        home.With("MLHUB_PROFILE", "__anonymous__");
        Assert.Null(home.KeyOf());
        Assert.True(home.Resolve().IsAnonymous);
        Assert.Equal("of project1", home.KeyOf(profile: "project1"));

        home.With("MLHUB_API_KEY", "of the environment");
        Assert.Equal("of the environment", home.KeyOf());
        Assert.Null(home.KeyOf(profile: "__anonymous__"));
        Assert.Equal("given", home.KeyOf(apiKey: "given", profile: "__anonymous__"));
        Assert.False(home.Resolve(apiKey: "given", profile: "__anonymous__").IsAnonymous);
    }

    [Fact]
    public void The_anonymous_profile_has_the_root_URL_of_all_profiles()
    {
        using var home = new TestHome("[DEFAULT]\nroot_url = https://mirror.example/v1\n[default]\nroot_url = https://other.example/v1\n");

        Assert.Equal(new Uri("https://mirror.example/v1/"), home.Resolve(profile: "__anonymous__").RootUrl);
    }

    [Fact]
    public void A_key_in_DEFAULT_does_not_make_a_profile()
    {
        using var home = new TestHome("[DEFAULT]\napi_key = abc\n[one]\n");

        Assert.Equal("abc", home.KeyOf(profile: "one"));
        Assert.Throws<ApiKeyNotFoundException>(() => home.KeyOf());
        Assert.Throws<ApiKeyNotFoundException>(() => home.KeyOf(profile: "DEFAULT"));
    }

    [Theory]
    [InlineData("abc\n")]
    [InlineData("  abc\r\n")]
    public void White_space_at_the_ends_of_a_key_is_ignored(string key)
    {
        using var home = new TestHome();
        Assert.Equal("abc", home.KeyOf(apiKey: key));

        home.With("MLHUB_API_KEY", key);
        Assert.Equal("abc", home.KeyOf());
    }

    [Fact]
    public void Without_a_key_the_settings_are_valid_and_the_first_request_lists_the_searched_places()
    {
        using var home = new TestHome();

        MlHubSettings settings = home.Resolve();

        Assert.Equal(
            $"No API key was found: none was given, MLHUB_API_KEY is not set, and there is no profile \"default\" (there is no such file: {home.ProfilesPath}). "
                + "Run \"mlhub configure\", or set MLHUB_API_KEY.",
            Assert.Throws<ApiKeyNotFoundException>(settings.RequireApiKey).Message);
    }

    [Theory]
    [InlineData("", "there is no profile \"default\" in {0}")]
    [InlineData("[default]\n", "profile \"default\" in {0} has no api_key")]
    [InlineData("[default]\napi_key =\n", "profile \"default\" in {0} has no api_key")]
    public void Without_a_key_the_message_says_what_the_file_lacks(string text, string says)
    {
        using var home = new TestHome(text);

        var error = Assert.Throws<ApiKeyNotFoundException>(() => home.KeyOf());

        Assert.Contains($"and {says.Replace("{0}", home.ProfilesPath, StringComparison.Ordinal)}. Run", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_named_profile_that_does_not_exist_is_an_error_even_if_the_key_and_the_root_URL_are_given()
    {
        using var home = new TestHome();
        home.Write("[default]\napi_key = k");

        var error = Assert.Throws<MlHubException>(() => home.Resolve(apiKey: "k", profile: "nobody", rootUrl: "https://hub.example/"));

        Assert.StartsWith("There is no profile \"nobody\" in ", error.Message, StringComparison.Ordinal);
        Assert.True(home.Resolve(apiKey: "k", profile: MlHubSettings.AnonymousProfile, rootUrl: "https://hub.example/").MaskedApiKey is not null);
    }

    [Fact]
    public void All_invalid_options_are_reported_at_once()
    {
        var options = new MlHubClientOptions { RootUrl = new Uri("ftp://hub/"), ApiKey = "a\nb", Transfer = new TransferOptions { MaxRetries = -1 } };

        var error = Assert.Throws<ArgumentException>(() => new MlHubClient(options));

        Assert.Contains("MlHubClientOptions.RootUrl is not a root URL: it must begin with http:// or https:// and contain a host name.", error.Message, StringComparison.Ordinal);
        Assert.Contains("MlHubClientOptions.ApiKey cannot be used: it has several lines.", error.Message, StringComparison.Ordinal);
        Assert.Contains("MlHubClientOptions.Transfer.MaxRetries must be between 0 and 1000.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_message_for_a_missing_named_profile_lists_the_existing_profiles()
    {
        using var home = new TestHome(ThreeProfiles);
        string says = $"in {home.ProfilesPath}: it has default, project1, project2.";
        var error = Assert.Throws<ApiKeyNotFoundException>(() => home.Resolve(profile: "Project1"));
        Assert.StartsWith("There is no profile \"Project1\" " + says, error.Message, StringComparison.Ordinal);

        home.With("MLHUB_PROFILE", "gone\n");
        error = Assert.Throws<ApiKeyNotFoundException>(() => home.Resolve());
        Assert.StartsWith("There is no profile \"gone\\u000a\" (MLHUB_PROFILE names it) " + says, error.Message, StringComparison.Ordinal);

        File.Delete(home.ProfilesPath);
        error = Assert.Throws<ApiKeyNotFoundException>(() => home.Resolve());
        Assert.Contains("there is no such file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_invalid_file_is_an_error_only_if_it_is_needed()
    {
        using var home = new TestHome("nonsense");
        Assert.Throws<MlHubException>(() => home.Resolve());
        Assert.Throws<MlHubException>(() => home.Resolve(profile: "default"));
        Assert.Throws<MlHubException>(() => home.Resolve(apiKey: "given", profile: "default"));

        Assert.Contains("line 1", Assert.Single(home.Resolve(apiKey: "given").Warnings), StringComparison.Ordinal);
        Assert.Contains("line 1", Assert.Single(home.Resolve(profile: "__anonymous__").Warnings), StringComparison.Ordinal);
        Assert.Throws<MlHubException>(() => home.Resolve(apiKey: "given", profile: "default", rootUrl: "https://hub.example/"));

        home.With("MLHUB_API_KEY", "of the environment").With("MLHUB_ROOT_URL", "https://env.example/");
        Assert.Empty(home.Resolve().Warnings);
    }

    [Fact]
    public void A_missing_profile_of_the_environment_is_an_error_only_if_its_key_is_needed()
    {
        using var home = new TestHome(ThreeProfiles).With("MLHUB_PROFILE", "gone");

        MlHubSettings settings = home.Resolve(apiKey: "given");

        Assert.Equal(MlHubSettings.DefaultRootUrl, settings.RootUrl);
        Assert.Contains("There is no profile \"gone\"", Assert.Single(settings.Warnings), StringComparison.Ordinal);
        Assert.Throws<MlHubException>(() => home.Resolve(apiKey: "given", profile: "gone"));
    }

    [Fact]
    public void A_key_continued_by_an_indented_line_is_rejected()
    {
        using var home = new TestHome("[default]\napi_key = s3cret\n  root_url = https://hub.example/\n");

        var error = Assert.Throws<MlHubException>(() => home.Resolve());

        Assert.Equal(
            $"The api_key of profile \"default\" in {home.ProfilesPath} cannot be used: it has several lines. A line that is indented deeper than a key continues its value.",
            error.Message);
    }

    [Fact]
    public void The_home_is_taken_from_the_argument_the_variable_or_the_home_directory_in_this_order()
    {
        using var home = new TestHome("[default]\napi_key = of the user\n");
        Assert.Equal("of the user", home.KeyOf());

        Make("env", "of the variable");
        home.With("MLHUB_HOME", "~/env");
        Assert.Equal("of the variable", home.KeyOf());

        Make("given", "of the argument");
        Assert.Equal("of the argument", home.KeyOf(home: Path.Combine(home.UserDirectory, "given")));
        Assert.Equal("of the argument", home.KeyOf(home: "~/given/"));

        void Make(string name, string key)
        {
            DirectoryInfo directory = Directory.CreateDirectory(Path.Combine(home.UserDirectory, name));
            File.WriteAllText(Path.Combine(directory.FullName, "profiles"), $"[default]\napi_key = {key}\n");
        }
    }

    [Fact]
    public void A_tilde_of_another_user_is_not_expanded()
    {
        using var home = new TestHome();

        Assert.Equal(Path.GetFullPath("~other/profiles"), home.Resolve(home: "~other").ProfilesPath);
        Assert.Equal(Path.Combine(home.UserDirectory, "profiles"), home.Resolve(home: "~").ProfilesPath);
    }

    [Fact]
    public void A_user_without_a_home_directory_has_no_profiles_and_needs_none()
    {
        var environment = new SettingsEnvironment(_ => null, "");

        MlHubSettings settings = new SettingsResolver(environment, "given", null, null, null).Resolve(null);
        Assert.Null(settings.ProfilesPath);
        Assert.Equal("given", settings.RequireApiKey()!.Reveal());

        settings = new SettingsResolver(environment, null, null, null, null).Resolve(null);
        var error = Assert.Throws<ApiKeyNotFoundException>(settings.RequireApiKey);
        Assert.Contains("there is no home directory", error.Message, StringComparison.Ordinal);
        Assert.Throws<ApiKeyNotFoundException>(() => new SettingsResolver(environment, null, "one", null, null).Resolve(null));
    }

    [Fact]
    public void The_settings_of_this_process_can_be_shown()
    {
        using var home = new TestHome(ThreeProfiles);

        MlHubSettings settings = MlHubSettings.Resolve(profile: "project1", home: home.Home);

        Assert.Equal("****t1", settings.MaskedApiKey);
        Assert.Equal("profile \"project1\", https://one.example/v1/", settings.ToString());
    }
}
