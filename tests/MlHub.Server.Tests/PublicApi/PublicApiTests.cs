using MlHub.Sandbox;
using PublicApiGenerator;
using Snapshooter.Xunit;

namespace MlHub.Server.Tests.PublicApi;

public sealed class PublicApiTests
{
    /// <summary>Whatever users of a package can see is in one reviewed file. A change of it is a change of the contract with them.</summary>
    [Theory]
    [InlineData("MlHub.Server")]
    [InlineData("MlHub.Sandbox")]
    public void The_public_API_of_a_package_is_what_was_reviewed(string package) =>
        (package == "MlHub.Server" ? typeof(MlHubServer) : typeof(MlHubSandbox)).Assembly
            .GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false })
            .MatchSnapshot($"{nameof(PublicApiTests)}_{package}");

    [Fact]
    public void The_server_does_not_depend_on_the_SDK_and_the_sandbox_depends_only_on_the_server()
    {
        Assert.DoesNotContain(References(typeof(MlHubServer)), name => name.StartsWith("MlHub", StringComparison.Ordinal));
        Assert.Equal(["MlHub.Server"], References(typeof(MlHubSandbox)).Where(name => name.StartsWith("MlHub", StringComparison.Ordinal)));
        Assert.DoesNotContain(References(typeof(MlHubServer)), name => name.Contains("Mvc", StringComparison.Ordinal));
    }

    private static IEnumerable<string> References(Type type) => type.Assembly.GetReferencedAssemblies().Select(name => name.Name!);
}
