using MlHub.Hub.Index;

namespace MlHub.Hub.Serving;

/// <summary>An item that matches a query.</summary>
internal sealed record ItemMatch(StoredCollection Collection, StoredItem Item);
