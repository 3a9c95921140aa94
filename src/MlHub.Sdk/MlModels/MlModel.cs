using System.Text.Json;

namespace MlHub.Sdk;

/// <summary>A trained model: a STAC Item with the ML Model extension (<c>ml-model</c>, v1.0.0).</summary>
public sealed class MlModel : Item
{
    private MlModel(JsonElement json, MlHubClient? client)
        : base(json, client, "a model")
    {
    }

    /// <summary>The title, or null.</summary>
    public string? Title => Text("title");

    /// <summary>The description, in Markdown, or null.</summary>
    public string? Description => Text("description");

    /// <summary>The license, or null.</summary>
    public string? License => Text("license");

    /// <summary>The DOI (<c>sci:doi</c>), or null.</summary>
    public string? Doi => Text("sci:doi");

    /// <summary>How to cite the model (<c>sci:citation</c>), or null.</summary>
    public string? Citation => Text("sci:citation");

    /// <summary>Papers about the model (<c>sci:publications</c>). Empty if the server sent none.</summary>
    public IReadOnlyList<SciPublication> Publications => field ??= SciPublication.ReadAll(Properties);

    /// <summary>The providers of the model. Empty if the server sent none.</summary>
    public IReadOnlyList<Provider> Providers => field ??= Provider.ReadAll(Properties);

    /// <summary>The learning approach (<c>ml-model:learning_approach</c>), for example <c>supervised</c>, or null.</summary>
    public string? LearningApproach => Text("ml-model:learning_approach");

    /// <summary>The prediction type (<c>ml-model:prediction_type</c>), for example <c>regression</c>, or null.</summary>
    public string? PredictionType => Text("ml-model:prediction_type");

    /// <summary>The architecture (<c>ml-model:architecture</c>), for example <c>resnet18</c>, or null.</summary>
    public string? Architecture => Text("ml-model:architecture");

    /// <summary>Creates a model from JSON, for example from the result of <see cref="Item.ToJson"/>.</summary>
    /// <param name="json">A STAC Item with the ML Model extension.</param>
    /// <param name="client">The client that downloads the assets. Null if they are not needed.</param>
    /// <exception cref="MlHubException">The JSON has no id.</exception>
    public static new MlModel FromJson(JsonElement json, MlHubClient? client = null) => new(json, client);
}
