namespace MlHub.Sdk.Tests.Models;

public sealed class ModelTests
{
    private static readonly string Model = Json.Item("m", null, """
        , "start_datetime": "2000-01-01T00:00:00Z", "end_datetime": "9999-12-31T23:59:59Z", "title": "Winds", "license": "MIT",
        "sci:doi": "10.5281/zenodo.1", "ml-model:type": "ml-model", "ml-model:architecture": "resnet18",
        "ml-model:prediction_type": "regression", "ml-model:learning_approach": "supervised"
        """);

    [Fact]
    public async Task Models_are_listed_and_fetched()
    {
        using var client = new FakeHub().Answers("models", $"[{Model}]").Answers("models/m", Model).Client();

        var model = await client.Models.GetAsync("m");

        Assert.Equal("resnet18", model.Architecture);
        Assert.Equal("supervised", model.LearningApproach);
        Assert.Equal("regression", model.PredictionType);
        Assert.Equal("Winds", model.Title);
        Assert.Equal("MIT", model.License);
        Assert.Equal("10.5281/zenodo.1", model.Doi);
        Assert.Equal(Model, (await client.Models.ListAsync().SingleAsync()).ToJson());
    }
}
