namespace MlHub.Sdk.Tests.Downloads;

/// <summary>What a caller asks for and cannot have.</summary>
public sealed class RequestTests : DownloadTest
{
    [Theory]
    [InlineData("Connections")]
    [InlineData("FileName")]
    [InlineData("Url")]
    public async Task What_is_out_of_its_range_is_named(string property)
    {
        var request = property switch
        {
            "Connections" => Request with { Connections = 0 },
            "FileName" => Request with { FileName = "../x" },
            _ => Request with { Url = new Uri("ftp://example.org/x") },
        };

        var error = await Assert.ThrowsAsync<ArgumentException>(() => DownloadAsync(request));

        Assert.StartsWith($"{property} ", error.Message, StringComparison.Ordinal);
    }
}
