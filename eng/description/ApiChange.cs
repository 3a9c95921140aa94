namespace MlHub.Description;

/// <summary>One difference between two descriptions, as users of the API and of the SDK see it.</summary>
/// <param name="Kind">Whether the thing is new, gone or different.</param>
/// <param name="Name">What changed, as in <c>GET /datasets</c>, <c>GET /datasets tags</c> or <c>Dataset.title</c>.</param>
/// <param name="Detail">How it changed, or what it is, in a few words; it may be empty.</param>
/// <param name="IsBreaking">Whether a client that worked before may no longer work.</param>
public sealed record ApiChange(ApiChangeKind Kind, string Name, string Detail, bool IsBreaking)
{
    /// <summary>The change as one line of a table.</summary>
    public override string ToString()
    {
        var effect = IsBreaking ? "breaking" : "not breaking";
        var kind = Kind switch { ApiChangeKind.Added => "added", ApiChangeKind.Removed => "removed", _ => "changed" };
        return $"{effect,-12}  {kind,-7}  {Name}{(Detail.Length > 0 ? $": {Detail}" : "")}";
    }
}
