using System.ComponentModel.DataAnnotations;

namespace MlHub.Samples.Worker;

/// <summary>What to mirror, from the section "Mirror" of the configuration.</summary>
internal sealed class MirrorOptions
{
    /// <summary>The ids of the datasets.</summary>
    [MinLength(1)]
    public string[] Datasets { get; set; } = [];

    /// <summary>The directory that gets a folder for each dataset.</summary>
    [Required]
    public string Directory { get; set; } = "data";

    /// <summary>The time from the start of one pass to the start of the next.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromDays(1);
}
