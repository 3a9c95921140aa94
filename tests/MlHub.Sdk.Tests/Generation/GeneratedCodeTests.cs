using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace MlHub.Sdk.Tests.Generation;

/// <summary>The generated code is what Kiota wrote for this description, and nobody needs Kiota to know it.</summary>
public sealed class GeneratedCodeTests
{
    private const string Remedy = "Run eng/regenerate.sh (or eng/regenerate.ps1) and commit what it changes.";

    [Fact]
    public async Task The_generated_code_is_as_new_as_the_description()
    {
        var json = YamlJson.Read(Repository.Place("openapi/mlhub.yaml"))!.ToJsonString();
        var reading = OpenApiDocument.Parse(json, "json");
        Assert.Empty(reading.Diagnostic!.Errors);

        // The hash that Kiota writes into its lock: SHA-512 of the description's meaning, as terse OpenAPI 3.1. Layout and comments do not count.
        var hash = await reading.Document!.GetHashCodeAsync();

        Assert.True(
            hash == (string?)Lock()["descriptionHash"],
            $"openapi/mlhub.yaml was changed and generated/ was not generated from it again. {Remedy}");
    }

    [Fact]
    public void Nobody_edited_the_generated_code()
    {
        var recorded = RecordedDigests();
        var present = PresentDigests();

        var edits = recorded.Keys.Union(present.Keys).Order(StringComparer.Ordinal)
            .Where(file => recorded.GetValueOrDefault(file) != present.GetValueOrDefault(file))
            .Select(file => $"{file} was {(present.ContainsKey(file) ? recorded.ContainsKey(file) ? "changed" : "added" : "removed")}")
            .ToList();

        Assert.True(edits.Count == 0, $"generated/ is not what Kiota wrote: {string.Join(", ", edits)}. {Remedy}");
    }

    [Fact]
    public void The_lock_names_the_description_as_seen_from_its_own_directory() =>
        Assert.True(File.Exists(Repository.Place((string)Lock()["descriptionLocation"]!)));

    [Theory]
    [InlineData("kiotaVersion", "1.34.1")]
    [InlineData("language", "CSharp")]
    [InlineData("clientClassName", "MlHubApiClient")]
    [InlineData("clientNamespaceName", "MlHub.Sdk.Generated")]
    [InlineData("typeAccessModifier", "Internal")]
    [InlineData("excludeBackwardCompatible", "true")]
    [InlineData("usesBackingStore", "false")]
    [InlineData("structuredMimeTypes", "[\"application/json\"]")]
    [InlineData("serializers", "[\"Microsoft.Kiota.Serialization.Json.JsonSerializationWriterFactory\"]")]
    [InlineData("deserializers", "[\"Microsoft.Kiota.Serialization.Json.JsonParseNodeFactory\"]")]
    public void The_lock_says_how_the_code_was_generated(string option, string value) =>
        Assert.Equal(value, Lock()[option]!.ToJsonString().Trim('"'));

    [Theory]
    [InlineData("eng/regenerate.sh", "readonly version={0}\n")]
    [InlineData("eng/regenerate.ps1", "$version = '{0}'\n")]
    public void The_scripts_ask_for_the_version_of_Kiota_that_the_lock_names(string script, string line) =>
        Assert.Contains(line.Replace("{0}", (string?)Lock()["kiotaVersion"], StringComparison.Ordinal), Lines(script), StringComparison.Ordinal);

    private static JsonNode Lock() => JsonNode.Parse(File.ReadAllText(Repository.Place("kiota-lock.json")))!;

    private static Dictionary<string, string> RecordedDigests() =>
        Lines("eng/generated.sha256").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split("  ", 2))
            .ToDictionary(fields => fields[1], fields => fields[0], StringComparer.Ordinal);

    private static Dictionary<string, string> PresentDigests() =>
        Directory.EnumerateFiles(Repository.Place("generated"), "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'))
            .ToDictionary(file => file, file => Convert.ToHexStringLower(SHA256.HashData(WithoutCarriageReturns(file))), StringComparer.Ordinal);

    // Git may be told to check text out with CR LF; that is no edit.
    private static byte[] WithoutCarriageReturns(string file) => [.. File.ReadAllBytes(Repository.Place(file)).Where(octet => octet != '\r')];

    private static string Lines(string file) => File.ReadAllText(Repository.Place(file)).ReplaceLineEndings("\n");
}
