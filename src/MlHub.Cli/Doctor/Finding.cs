namespace MlHub.Cli;

/// <summary>What <c>mlhub doctor</c> found out about one thing.</summary>
/// <param name="Check">What was looked at.</param>
/// <param name="IsWell">Whether it is as it should be.</param>
/// <param name="Detail">What was found. If it is not well, what to do.</param>
internal sealed record Finding(string Check, bool IsWell, string Detail)
{
    public static Finding Good(string check, string detail) => new(check, true, detail);

    public static Finding Bad(string check, string detail) => new(check, false, detail);
}
