namespace MlHub.Samples.Worker;

/// <summary>What to mirror, from the section "Mirror" of the configuration.</summary>
internal sealed class MirrorOptions
{
    /// <summary>The id of the dataset.</summary>
    public string Dataset { get; set; } = "";

    /// <summary>The directory that the archives go to.</summary>
    public string Directory { get; set; } = "data";

    /// <summary>The time from one run to the next.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromDays(1);
}
