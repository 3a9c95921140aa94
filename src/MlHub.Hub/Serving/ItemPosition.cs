namespace MlHub.Hub.Serving;

/// <summary>A place in the order of all items: the id of a collection, and the id of an item in it.</summary>
internal sealed record ItemPosition(string Collection, string Name)
{
    internal int CompareTo(string collection, string name) =>
        string.CompareOrdinal(Collection, collection) is not 0 and var order ? order : string.CompareOrdinal(Name, name);
}
