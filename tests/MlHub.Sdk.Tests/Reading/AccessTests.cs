using System.Net;

namespace MlHub.Sdk.Tests.Reading;

/// <summary>The key goes where it may, and nowhere else.</summary>
public sealed class AccessTests
{
    [Fact]
    public async Task The_key_is_sent_to_addresses_under_the_root_and_not_to_their_redirect_targets()
    {
        var hub = new FakeHub()
            .Redirects("archive/crops", "https://storage.example/crops.tar.gz")
            .Answers("https://storage.example/crops.tar.gz", _ => Part([1, 2, 3]));
        using var client = hub.Client();

        await using var stream = await client.OpenReadAsync(new Uri(hub.Root, "archive/crops"));

        Assert.Equal(1, stream.ReadByte());
        Assert.Contains("key=", hub.Requests[0].Query, StringComparison.Ordinal);
        Assert.Equal("https://storage.example/crops.tar.gz", hub.Requests[1].AbsoluteUri);
    }

    [Fact]
    public async Task A_refused_key_is_an_authentication_error()
    {
        var hub = new FakeHub().Answers("archive/crops", $"No access with {FakeHub.Key}", HttpStatusCode.Forbidden, "text/plain");
        using var client = hub.Client();

        var error = await Assert.ThrowsAsync<MlHubAuthenticationException>(() => client.OpenReadAsync(new Uri(hub.Root, "archive/crops")));

        Assert.Contains("was refused (4", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", error.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_user_name_and_a_password_in_an_address_are_sent()
    {
        var hub = new FakeHub().Answers("https://storage.example/a.bin", _ => Part([1]));
        using var client = hub.Client();

        await using var stream = await client.OpenReadAsync(new Uri("https://user:password@storage.example/a.bin"));

        Assert.Equal("Basic dXNlcjpwYXNzd29yZA==", hub.Messages[0].Headers.Authorization?.ToString());
        Assert.Equal("https://storage.example/a.bin", hub.Requests[0].AbsoluteUri);
    }

    private static HttpResponseMessage Part(byte[] bytes)
    {
        var response = new HttpResponseMessage(HttpStatusCode.PartialContent) { Content = new ByteArrayContent(bytes) };
        response.Content.Headers.ContentRange = new(0, bytes.Length - 1, bytes.Length);
        return response;
    }
}
