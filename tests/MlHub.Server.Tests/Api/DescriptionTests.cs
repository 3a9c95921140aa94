using MlHub.Description;

namespace MlHub.Server.Tests.Api;

/// <summary>The server and openapi/mlhub.yaml say the same.</summary>
public sealed class DescriptionTests(SandboxServer sandbox) : IClassFixture<SandboxServer>
{
    private static readonly ApiDescription Description = ApiDescription.Parse(File.ReadAllText(Repository.Place("openapi/mlhub.yaml")));

    [Fact]
    public async Task Every_operation_is_served_and_requires_a_key_if_the_description_says_so()
    {
        Assert.NotEmpty(Description.Operations);
        foreach (var (name, operation) in Description.Operations)
        {
            var (method, path) = (new HttpMethod(name.Split(' ')[0]), Fill(name.Split(' ')[1]));
            var needsKey = operation["security"]!.AsArray().Count > 0;
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
        var url = new Uri((string)Description.Root["servers"]![0]!["url"]!);
        Assert.Equal(sandbox.Server.RootUrl.AbsolutePath, url.AbsolutePath + "/");
    }

    private static string Fill(string path) => string.Join('/', path[1..].Split('/').Select(segment => segment.StartsWith('{') ? "some_id" : segment));
}
