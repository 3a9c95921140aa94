namespace MlHub.Sdk.Tests.Errors;

public sealed class TestDoubleTests
{
    [Fact]
    public async Task A_member_that_a_test_double_does_not_override_says_so()
    {
        using var client = new Double();

        var error = await Assert.ThrowsAsync<NotSupportedException>(() => client.Collections.GetAsync("c"));

        Assert.Equal("CollectionsClient was created without a client, as test doubles are. Override the member that is called.", error.Message);
        Assert.Throws<NotSupportedException>(() => client.RootUrl);
    }

    private sealed class Double : MlHubClient;
}
