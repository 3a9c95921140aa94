using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace MlHub.Server;

/// <summary>
/// The root of the API: a STAC Catalog. It is not in the description, but every <c>root</c> link points to it, and PySTAC follows these links.
/// </summary>
internal static class RootCatalog
{
    public static async Task RespondAsync(HttpContext context, IHub hub, HubUrls urls)
    {
        var collections = await hub.ListCollectionsAsync(context.RequestAborted).ConfigureAwait(false);
        await new JsonResponse(json => Write(json, urls, collections)).ExecuteAsync(context).ConfigureAwait(false);
    }

    private static void Write(Utf8JsonWriter json, HubUrls urls, IReadOnlyList<JsonElement> collections)
    {
        var stac = new StacWriter(json, urls);
        json.WriteStartObject();
        json.WriteString("id", "mlhub");
        json.WriteString("type", "Catalog");
        json.WriteString("title", "MLHub");
        json.WriteString("description", "Training data for machine learning on Earth observation");
        json.WriteString("stac_version", "1.0.0");
        json.WriteStartArray("links");
        stac.Link("self", "application/json", urls.Root);
        stac.Link("root", "application/json", urls.Root);
        stac.Link("data", "application/json", urls.Collections);
        foreach (var collection in collections)
        {
            stac.Link("child", "application/json", urls.Collection(collection.GetProperty("id").GetString()!));
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
