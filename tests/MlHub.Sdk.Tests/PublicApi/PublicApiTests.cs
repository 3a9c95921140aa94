namespace MlHub.Sdk.Tests.PublicApi;

/// <summary>The build fails unless the public API is that of the files PublicAPI.*.txt (docs/adr/0045). These tests look at what was reviewed.</summary>
public sealed class PublicApiTests
{
    private static readonly string[] Names = [.. Directory.EnumerateFiles(Repository.Place("src"), "PublicAPI.Shipped.txt", SearchOption.AllDirectories)
        .Select(file => Path.GetFileName(Path.GetDirectoryName(file)!)).Order(StringComparer.Ordinal)];

    public static TheoryData<string> Packages => new(Names);

    [Fact]
    public void Every_library_package_has_a_reviewed_API()
    {
        var libraries = Directory.EnumerateFiles(Repository.Place("src"), "*.csproj", SearchOption.AllDirectories)
            .Where(project => File.ReadAllText(project) is var text && text.Contains("<IsPackable>true", StringComparison.Ordinal) && !text.Contains("<PackAsTool>true", StringComparison.Ordinal));

        Assert.Equal(libraries.Select(project => Path.GetFileNameWithoutExtension(project)).Order(StringComparer.Ordinal), Names);
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void No_compiler_generated_name_is_in_the_reviewed_API(string package) =>
        Assert.DoesNotContain(
            Reviewed(package), line => line.Contains(".<", StringComparison.Ordinal) || line.Contains('$', StringComparison.Ordinal) || line.Contains("EqualityContract", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Packages))]
    public void Only_compiler_generated_record_members_are_omitted_from_the_reviewed_API(string package) =>
        Assert.All(
            Lines(package, "PublicAPI.Unshipped.Records.txt"),
            line => Assert.Matches(@"\.(<Clone>\$|Equals|GetHashCode|ToString|Deconstruct|operator ==|operator !=)\(", line));

    [Fact]
    public void No_Kiota_type_is_in_a_public_signature()
    {
        var reviewed = Reviewed("MlHub.Sdk").ToArray();

        Assert.NotEmpty(reviewed);
        Assert.DoesNotContain(reviewed, line => line.Contains("Kiota", StringComparison.Ordinal) || line.Contains("MlHub.Sdk.Generated", StringComparison.Ordinal));
    }

    private static IEnumerable<string> Reviewed(string package) => Lines(package, "PublicAPI.Shipped.txt").Concat(Lines(package, "PublicAPI.Unshipped.txt"));

    private static IEnumerable<string> Lines(string package, string file) =>
        File.ReadLines(Repository.Place($"src/{package}/{file}")).Where(line => line.Length > 0 && !line.StartsWith('#'));
}
