using System.ComponentModel.DataAnnotations;

namespace MlHub.Samples.Worker;

/// <summary>What to mirror, from the section "Mirror" of the configuration.</summary>
internal sealed class MirrorOptions
{
    /// <summary>The ids of the datasets.</summary>
    [MinLength(1, ErrorMessage = "Mirror:Datasets must have the id of at least one dataset.")]
    public string[] Datasets { get; set; } = [];

    /// <summary>The directory that gets a folder for each dataset.</summary>
    [Required(ErrorMessage = "Mirror:Directory must not be empty.")]
    public string Directory { get; set; } = "data";

    /// <summary>The time from the start of one pass to the start of the next.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00", ErrorMessage = "Mirror:Interval must be between one second (00:00:01) and 30 days (30.00:00:00).")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromDays(1);
}
