using MlHub.Sdk.Downloads.Files;

namespace MlHub.Sdk.Tests.Downloads.Files;

public sealed class SafeFileNameTests
{
    [Theory]
    [InlineData("archive.tar.gz", true)]
    [InlineData("data.7z", true)]
    [InlineData("scene.geojson", true)]
    [InlineData("setup.exe", true)]
    [InlineData("download", false)]
    [InlineData("release-1.0", false)]
    [InlineData("download.PHP", false)]
    [InlineData("fetch.ashx", false)]
    [InlineData("name.", false)]
    [InlineData("Dr. Who", false)]
    [InlineData("a.verylongextension", false)]
    public void An_extension_is_short_contains_a_letter_and_is_not_that_of_a_script(string name, bool has) =>
        Assert.Equal(has, SafeFileName.HasExtension(name));

    [Theory]
    [InlineData("https://host/a/b.zip?x=1", "b.zip")]
    [InlineData("https://host/a%2Fb.zip", "a_b.zip")]
    [InlineData("https://host/..%2F..%2Fetc%2Fpasswd", "_._.._etc_passwd")]
    [InlineData("https://host/CON.txt", "_CON.txt")]
    [InlineData("https://host/", "download")]
    public void A_name_from_an_address_is_safe_everywhere(string url, string name) =>
        Assert.Equal(name, SafeFileName.FromUrl(new Uri(url)));

    [Fact]
    public void A_long_name_keeps_its_extension() =>
        Assert.EndsWith("x.tar.gz", SafeFileName.Make(new string('x', 300) + ".tar.gz"), StringComparison.Ordinal);
}
