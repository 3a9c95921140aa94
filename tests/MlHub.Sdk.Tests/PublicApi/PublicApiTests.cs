using MlHub.Sdk.Tests.Generation;

namespace MlHub.Sdk.Tests.PublicApi;

/// <summary>The build fails unless the public API is that of the files PublicAPI.*.txt (docs/adr/0045). These tests look at what was reviewed.</summary>
public sealed class PublicApiTests
{
    private static readonly string[] Reviewed = Lines("PublicAPI.Shipped.txt").Concat(Lines("PublicAPI.Unshipped.txt")).ToArray();

    [Fact]
    public void No_name_that_the_compiler_made_is_in_the_reviewed_API() =>
        Assert.DoesNotContain(Reviewed, line => line.Contains(".<", StringComparison.Ordinal) || line.Contains('$') || line.Contains("EqualityContract", StringComparison.Ordinal));

    [Fact]
    public void Only_what_the_compiler_adds_to_records_is_left_out_of_the_reviewed_API() =>
        Assert.All(Lines("PublicAPI.Unshipped.Records.txt"), line => Assert.Matches(@"\.(<Clone>\$|Equals|GetHashCode|ToString|Deconstruct|operator ==|operator !=)\(", line));

    [Fact]
    public void No_Kiota_type_is_in_a_public_signature()
    {
        Assert.NotEmpty(Reviewed);
        Assert.DoesNotContain(Reviewed, line => line.Contains("Kiota", StringComparison.Ordinal) || line.Contains("MlHub.Sdk.Generated", StringComparison.Ordinal));
    }

    private static string[] Lines(string file) =>
        [.. File.ReadLines(Repository.Place($"src/MlHub.Sdk/{file}")).Where(line => line.Length > 0 && !line.StartsWith('#'))];
}
