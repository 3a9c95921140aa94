using MlHub.Sdk.Downloads.Transfer;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>The number of connections to simulated servers, each defined by its rate for a number of connections.</summary>
public sealed class ConnectionTunerTests
{
    private const double Megabytes = 1024 * 1024;

    [Fact]
    public void Connections_are_added_up_to_the_limit_when_the_server_limits_the_rate_of_each()
    {
        var targets = Run(most: 16, connections => 20 * Megabytes * connections);

        Assert.Equal(16, targets[^1]);
        Assert.True(targets.IndexOf(16) < 100, "Sixteen connections came later than after two seconds.");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Few_connections_are_used_when_more_do_not_increase_the_rate(int best)
    {
        var targets = Run(most: 16, connections => 100 * Megabytes * Math.Min(connections, best));

        Assert.Equal(best, targets.GroupBy(target => target).MaxBy(same => same.Count())!.Key);
    }

    [Fact]
    public void Connections_are_removed_when_more_of_them_slow_the_server_down()
    {
        var targets = Run(most: 16, connections => 100 * Megabytes / connections);

        Assert.True(targets.Count(target => target == 2) > targets.Count / 2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void The_connection_limit_is_never_exceeded(int most) =>
        Assert.All(Run(most, connections => 20 * Megabytes * connections), target => Assert.InRange(target, 1, most));

    /// <summary>Simulates ten seconds in steps of 20 ms. Requested connections open immediately.</summary>
    private static List<int> Run(int most, Func<int, double> bytesPerSecond)
    {
        var step = TimeSpan.FromMilliseconds(20);
        var tuner = new ConnectionTuner(first: 2, most);
        var targets = new List<int>();
        double bytes = 0;
        for (var now = TimeSpan.Zero; now < TimeSpan.FromSeconds(10); now += step)
        {
            bytes += bytesPerSecond(tuner.Target) * step.TotalSeconds;
            tuner.Observe(now, (long)bytes, tuner.Target);
            targets.Add(tuner.Target);
        }

        return targets;
    }
}
