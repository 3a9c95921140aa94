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
    public void The_remaining_time_is_rounded_up_to_whole_seconds(double seconds, string shown)
    {
        Assert.Equal(shown, TransferProgress.TimeLeft(TimeSpan.FromSeconds(seconds)));
    }

    [Fact]
    public void An_unknown_remaining_time_is_shown_as_dashes()
    {
        Assert.Equal("--:--:--", TransferProgress.TimeLeft(null));
    }
}
