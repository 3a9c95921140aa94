namespace MlHub.Description;

/// <summary>A part of a description that clients depend on: an operation, a parameter, a response, a schema or one of its fields.</summary>
/// <param name="Id">What makes it the same part in two descriptions. Names of path parameters do not count.</param>
/// <param name="Parent">The id of the part that it belongs to, or null. If the parent is new or gone, the part is not mentioned.</param>
/// <param name="Name">What messages call it.</param>
/// <param name="IsSent">Whether clients send it.</param>
/// <param name="IsReceived">Whether clients receive it.</param>
/// <param name="BreaksWhenRemoved">Whether clients break if it is gone.</param>
/// <param name="Facts">What the description says of it, by keyword. Words for people and examples are left out.</param>
internal sealed record ApiElement(
    string Id, string? Parent, string Name, bool IsSent, bool IsReceived, bool BreaksWhenRemoved, IReadOnlyDictionary<string, string> Facts)
{
    public const string Type = "type";
    public const string Required = "required";

    public string? Fact(string name) => Facts.GetValueOrDefault(name);
}
