using MlHub.Sdk;

namespace MlHub.Cli.Tests;

public sealed class ProgressLineTests
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
        Assert.Equal(shown, ProgressLine.TimeLeft(TimeSpan.FromSeconds(seconds)));
    }

    [Fact]
    public void An_unknown_remaining_time_is_shown_as_dashes()
    {
        Assert.Equal("--:--:--", ProgressLine.TimeLeft(null));
    }

    [Theory]
    [InlineData(20)]
    [InlineData(40)]
    [InlineData(64)]
    [InlineData(80)]
    [InlineData(85)]
    [InlineData(200)]
    public void A_line_fits_every_terminal(int width)
    {
        foreach (var name in (string[])["a", "ref_african_crops_kenya_01_source_long_name_of_an_archive.tar.gz", "衛星画像の訓練データ衛星画像の訓練データ衛星画像の訓練データ.tar.gz"])
        {
            foreach (var phase in Enum.GetValues<DownloadPhase>())
            {
                var line = ProgressLine.Of(new TransferRow(name, phase, 99_900_000_000, 999_000_000_000, 99_900_000, TimeSpan.FromHours(99.5)), width);

                Assert.InRange(TextWidth.Of(line), 1, width - 1);
            }
        }
    }

    [Fact]
    public void At_40_columns_a_line_has_the_shortened_name_the_percentage_the_rate_and_the_time()
    {
        var row = new TransferRow("ref_african_crops_kenya_01_source.tar.gz", DownloadPhase.Downloading, 350, 1000, 12_300_000, TimeSpan.FromSeconds(83));

        Assert.Equal("ref_afr….tar.gz  35% 12.3 MB/s 00:01:23", ProgressLine.Of(row, 40));
    }

    [Fact]
    public void A_wide_terminal_shows_the_bytes_and_a_bar()
    {
        var row = new TransferRow("data.tar.gz", DownloadPhase.Downloading, 350_000_000, 1_000_000_000, 12_300_000, TimeSpan.FromSeconds(83));

        Assert.Contains("350 MB of 1 GB", ProgressLine.Of(row, 80), StringComparison.Ordinal);
        Assert.Contains("[#####", ProgressLine.Of(row, 200), StringComparison.Ordinal);
    }
}
