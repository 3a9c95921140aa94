namespace MlHub.Server;

/// <summary>A field that items are sorted by.</summary>
/// <param name="Name">The name of the field: <c>id</c>, <c>collection</c>, or a property, with or without <c>properties.</c> before it.</param>
/// <param name="Descending">Whether the greatest value is first. Items without the field are last in both directions.</param>
public readonly record struct HubSortField(string Name, bool Descending = false);
