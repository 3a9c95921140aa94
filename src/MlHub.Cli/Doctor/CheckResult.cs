namespace MlHub.Cli;

/// <summary>The result of one check of <c>mlhub doctor</c>.</summary>
/// <param name="Check">The name of the check.</param>
/// <param name="IsOk">Whether the check passed.</param>
/// <param name="Detail">What was found and, if the check failed, what to do.</param>
internal sealed record CheckResult(string Check, bool IsOk, string Detail)
{
    public static CheckResult Ok(string check, string detail) => new(check, true, detail);

    public static CheckResult Failed(string check, string detail) => new(check, false, detail);
}
