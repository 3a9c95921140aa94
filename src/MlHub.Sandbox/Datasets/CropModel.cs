using System.Text;
using System.Text.Json.Nodes;

namespace MlHub.Sandbox;

/// <summary>A model that was never trained, and its collection, which has no other item.</summary>
internal static class CropModel
{
    private const string CollectionId = "sandbox-crop-classifier-unet";
    private const string Doi = "10.5555/sandbox.crop-classifier";
    private const string Description = "A U-Net that tells crops apart on Sentinel-2. Its weights are zeros: it is part of the sandbox of MlHub.Sdk.";

    private static readonly Box World = new(-179.999m, -89.999m, 179.999m, 89.999m);

    public static SandboxCollection Create() => new()
    {
        Id = CollectionId,
        Title = "Sandbox Crop Classifier",
        Description = Description,
        License = "MIT",
        Extent = World,
        Start = "2019-06-01T00:00:00Z",
        End = null,
        HasArchive = false,
        Items = [Model()],
    };

    private static SandboxItem Model() => new()
    {
        Id = $"{CollectionId}-v1",
        Footprint = [World],
        Start = "2019-06-01T00:00:00Z",
        End = "9999-12-31T23:59:59Z",
        Properties = Properties,
        Extensions = [SandboxStac.MlModel, SandboxStac.Scientific],
        Assets = [Compose, Checkpoint],
        Links = Links,
    };

    private static JsonObject Properties() => new()
    {
        ["title"] = "Sandbox Crop Classifier",
        ["license"] = "MIT",
        ["sci:doi"] = Doi,
        ["providers"] = new JsonArray(new JsonObject
        {
            ["url"] = "https://example.org/",
            ["name"] = "MlHub.Sdk sandbox",
            ["email"] = "sandbox@example.org",
            ["roles"] = new JsonArray("producer"),
        }),
        ["description"] = Description,
        ["sci:citation"] = "MlHub.Sdk contributors (2022). Sandbox crop classifier (1.0). https://doi.org/" + Doi,
        ["ml-model:type"] = "ml-model",
        ["sci:publications"] = new JsonArray(new JsonObject { ["citation"] = "Author, A., 2022. Classifying crops that nobody ever planted." }),
        ["ml-model:architecture"] = "U-Net",
        ["ml-model:prediction_type"] = "segmentation",
        ["ml-model:learning_approach"] = "supervised",
    };

    // A relative href of a link is relative to the root of the API.
    private static JsonArray Links() => new(
        SandboxStac.Link("ml-model:inferencing-image", "docker://docker.io/example/sandbox-crop-classifier:1", "docker-image", "Sandbox crop classifier"),
        SandboxStac.Link("ml-model:train-data", $"collections/{SandboxHub.FirstDatasetId}_s2", "application/json", "Training data: imagery"),
        SandboxStac.Link("ml-model:train-data", $"collections/{SandboxHub.FirstDatasetId}_labels", "application/json", "Training data: labels"),
        SandboxStac.Link("mlhub:training-dataset", $"https://example.org/data/{SandboxHub.FirstDatasetId}", "text/html", "Sandbox Crop Types, Kenya"));

    private static SandboxAsset Compose { get; } = new()
    {
        Key = "inferencing-compose",
        Suffix = ".yml",
        ContentType = "text/x-yaml; application=compose",
        Title = "Model inferencing runtime",
        Roles = ["ml-model:inference-runtime"],
        Make = () => Encoding.UTF8.GetBytes("services:\n  classifier:\n    image: docker.io/example/sandbox-crop-classifier:1\n"),
    };

    private static SandboxAsset Checkpoint { get; } = new()
    {
        Key = "inferencing-checkpoint",
        Suffix = ".ckpt",
        ContentType = "application/octet-stream",
        Title = "Final model checkpoint",
        Roles = ["ml-model:checkpoint"],
        Make = () => new byte[64 * 1024],
    };
}
