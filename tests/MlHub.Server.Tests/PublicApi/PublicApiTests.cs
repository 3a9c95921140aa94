using MlHub.Sandbox;

namespace MlHub.Server.Tests.PublicApi;

public sealed class PublicApiTests
{
    [Fact]
    public void The_server_does_not_depend_on_the_SDK_and_the_sandbox_depends_only_on_the_server()
    {
        Assert.DoesNotContain(References(typeof(MlHubServer)), name => name.StartsWith("MlHub", StringComparison.Ordinal));
        Assert.Equal(["MlHub.Server"], References(typeof(MlHubSandbox)).Where(name => name.StartsWith("MlHub", StringComparison.Ordinal)));
        Assert.DoesNotContain(References(typeof(MlHubServer)), name => name.Contains("Mvc", StringComparison.Ordinal));
    }

    private static IEnumerable<string> References(Type type) => type.Assembly.GetReferencedAssemblies().Select(name => name.Name!);
}
