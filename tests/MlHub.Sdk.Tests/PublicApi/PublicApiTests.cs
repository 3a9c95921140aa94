using PublicApiGenerator;
using Snapshooter.Xunit;

namespace MlHub.Sdk.Tests.PublicApi;

public sealed class PublicApiTests
{
    /// <summary>The whole public API is in one reviewed file. Changing it changes the contract with users.</summary>
    [Fact]
    public void The_public_API_is_what_was_reviewed() =>
        typeof(MlHubClient).Assembly
            .GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false })
            .MatchSnapshot();

    [Fact]
    public void No_Kiota_type_is_in_a_public_signature()
    {
        var api = typeof(MlHubClient).Assembly.GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false });

        Assert.DoesNotContain("Kiota", api, StringComparison.Ordinal);
        Assert.DoesNotContain("MlHub.Sdk.Generated", api, StringComparison.Ordinal);
    }
}
