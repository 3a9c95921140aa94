namespace MlHub.Cli.Tests;

public sealed class TransferProgressTests
{
    [Theory]
    [InlineData(0, "00:00:00")]
    [InlineData(0.1, "00:00:01")]
    [InlineData(1, "00:00:01")]
    [InlineData(59.01, "00:01:00")]
    [InlineData(3599.5, "01:00:00")]
    [InlineData(360_000, "100:00:00")]
    public void The_time_that_is_left_is_rounded_up_to_whole_seconds(double seconds, string shown)
    {
        Assert.Equal(shown, TransferProgress.TimeLeft(TimeSpan.FromSeconds(seconds)));
    }

    [Fact]
    public void A_time_that_nobody_knows_is_no_number()
    {
        Assert.Equal("--:--:--", TransferProgress.TimeLeft(null));
    }
}
