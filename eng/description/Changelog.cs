namespace MlHub.Description;

/// <summary>The file <c>CHANGELOG.md</c>, in the format of Keep a Changelog.</summary>
/// <param name="text">The whole file.</param>
public sealed class Changelog(string text)
{
    /// <summary>The breaking changes that the changelog does not name since a version.</summary>
    /// <param name="changes">What changed since that version.</param>
    /// <param name="version">The version, such as <c>0.1.0</c>; null if nothing has been released.</param>
    /// <returns>Those changes whose name does not stand in backticks above the heading of the version.</returns>
    public IReadOnlyList<ApiChange> Unnamed(IEnumerable<ApiChange> changes, string? version)
    {
        ArgumentNullException.ThrowIfNull(changes);
        var heading = version is null ? -1 : text.IndexOf($"\n## [{version}]", StringComparison.Ordinal);
        var since = heading < 0 ? text : text[..heading];
        return [.. changes.Where(change => change.IsBreaking && !since.Contains($"`{change.Name}`", StringComparison.Ordinal))];
    }
}
