using System.Runtime.CompilerServices;
using YamlDotNet.Serialization;

namespace MlHub.Server.Tests.Api;

/// <summary>The server and openapi/mlhub.yaml say the same.</summary>
public sealed class DescriptionTests(SandboxServer sandbox) : IClassFixture<SandboxServer>
{
    [Fact]
    public async Task Every_operation_is_served_and_requires_a_key_if_the_description_says_so()
    {
        var operations = Operations().ToList();
        Assert.NotEmpty(operations);
        foreach (var (method, path, needsKey) in operations)
        {
            using var response = await sandbox.SendAsync(method, path);
            var body = await response.Content.ReadAsStringAsync();
            Assert.True(needsKey == ((int)response.StatusCode == 401), $"{method} {path}: {(int)response.StatusCode}");
            Assert.DoesNotContain("Not Found", body, StringComparison.Ordinal);
            Assert.NotEqual(405, (int)response.StatusCode);
        }
    }

    [Fact]
    public void The_root_path_is_the_one_in_the_description()
    {
        var servers = (List<object>)Read()["servers"];
        Assert.Equal(sandbox.Server.RootUrl.AbsolutePath, new Uri((string)((Dictionary<object, object>)servers[0])["url"]).AbsolutePath + "/");
    }

    private static IEnumerable<(HttpMethod Method, string Path, bool NeedsKey)> Operations() =>
        from path in (Dictionary<object, object>)Read()["paths"]
        from operation in (Dictionary<object, object>)path.Value
        where operation.Key is "get" or "head"
        select (new HttpMethod(((string)operation.Key).ToUpperInvariant()), Fill((string)path.Key), NeedsKey((Dictionary<object, object>)operation.Value));

    private static bool NeedsKey(Dictionary<object, object> operation) =>
        operation.TryGetValue("security", out var security) && ((List<object>)security) is { Count: > 0 } alternatives
        && alternatives.TrueForAll(alternative => ((Dictionary<object, object>)alternative).Count > 0);

    private static string Fill(string path) => string.Join('/', path[1..].Split('/').Select(segment => segment.StartsWith('{') ? "some_id" : segment));

    private static Dictionary<object, object> Read() => new DeserializerBuilder().Build().Deserialize<Dictionary<object, object>>(File.ReadAllText(Path()));

    private static string Path([CallerFilePath] string here = "") =>
        System.IO.Path.Combine(System.IO.Path.GetDirectoryName(here)!, "..", "..", "..", "openapi", "mlhub.yaml");
}
