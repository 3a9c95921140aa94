using MlHub.Sdk;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddMlHubClient();                          // settings: the section "MlHub" of the configuration
builder.Services.AddHealthChecks().AddMlHubHealthCheck();
var app = builder.Build();
app.MapHealthChecks("/health");

// The datasets that contain a text, one after the other as the server sends them.
app.MapGet("/datasets", (MlHubClient hub, string? text, CancellationToken cancellationToken) =>
    hub.Datasets.ListAsync(new DatasetQuery { Text = text is null ? [] : [text] }, cancellationToken)
        .Select(dataset => new { dataset.Id, dataset.Title, Collections = dataset.Collections.Select(collection => collection.Id) }));

// An item as the server sent it.
app.MapGet("/collections/{collection}/items/{item}", async (MlHubClient hub, string collection, string item, CancellationToken cancellationToken) =>
{
    try
    {
        return Results.Text((await hub.Collections.GetItemAsync(collection, item, cancellationToken)).ToJson(), "application/geo+json");
    }
    catch (EntityDoesNotExistException error)
    {
        return Results.Problem(error.ServerMessage, statusCode: StatusCodes.Status404NotFound);
    }
});

// A file of an item, by a redirect to where it is.
app.MapGet("/collections/{collection}/items/{item}/{asset}", async (MlHubClient hub, string collection, string item, string asset, CancellationToken cancellationToken) =>
    (await hub.Collections.GetItemAsync(collection, item, cancellationToken)).Assets.TryGetValue(asset, out var file) && file.Href is { } href
        ? Results.Redirect(href)
        : Results.NotFound());

app.Run();
