using System.Text.Json;
using MlHub.Hub.Definitions;
using MlHub.Hub.Reading;

namespace MlHub.Hub;

/// <summary>
/// Says where datasets are, and what in a bucket is a collection, an item and an asset. It is a JSON file, whose schema is <c>docs/schemas/mlhub.hub.schema.json</c>. It never changes.
/// </summary>
/// <example>
/// <code>
/// var definition = await HubDefinition.ReadAsync("crops.hub.json");
/// await using var hub = await DefinedHub.OpenAsync(definition);
/// </code>
/// </example>
public sealed class HubDefinition
{
    private const string Resources = "MlHub.Hub.Definitions.";
    private const string Extension = ".json";

    private HubDefinition(string origin, HubSettings settings) => (Origin, Settings) = (origin, settings);

    /// <summary>The names of the definitions that come with this package, in alphabetical order.</summary>
    public static IReadOnlyList<string> KnownNames { get; } =
    [
        .. typeof(HubDefinition).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Resources, StringComparison.Ordinal) && name.EndsWith(Extension, StringComparison.Ordinal))
            .Select(name => name[Resources.Length..^Extension.Length])
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The id of the hub.</summary>
    public string Id => Settings.Id;

    /// <summary>The title of the hub. Null if the definition has none.</summary>
    public string? Title => Settings.Title;

    /// <summary>What the definition was tested against. Null if it does not say so.</summary>
    public string? Tested => Settings.Tested;

    /// <summary>The ids of the datasets, in the order of the definition.</summary>
    public IReadOnlyList<string> Datasets => [.. Settings.Datasets.Select(dataset => dataset.Id)];

    /// <summary>What tells this definition apart from others with the same id: the full path of its file, or its name.</summary>
    internal string Origin { get; }

    internal HubSettings Settings { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The path. Relative paths in the definition begin at its folder.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="IOException">The file cannot be read, or does not exist.</exception>
    /// <exception cref="FormatException">The file is not a definition. The message names the place in the file.</exception>
    public static async Task<HubDefinition> ReadAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var full = Path.GetFullPath(path);
        var json = await Task.Run(() => FileBytes.Of(full), cancellationToken).ConfigureAwait(false);
        try
        {
            return Of(json, full, Path.GetDirectoryName(full));
        }
        catch (FormatException error)
        {
            throw new FormatException($"'{path}' is not a hub definition: {error.Message}", error);
        }
    }

    /// <summary>Reads a definition from memory.</summary>
    /// <param name="json">The JSON, as UTF-8.</param>
    /// <param name="directory">Where relative paths in the definition begin. Null to refuse them.</param>
    /// <exception cref="FormatException">The JSON is not a definition. The message names the place in it.</exception>
    public static HubDefinition Parse(ReadOnlyMemory<byte> json, string? directory = null) => Of(json, directory ?? "", directory is null ? null : Path.GetFullPath(directory));

    /// <summary>A definition that comes with this package.</summary>
    /// <param name="name">Its name; see <see cref="KnownNames"/>.</param>
    /// <exception cref="ArgumentException">There is no such definition.</exception>
    public static HubDefinition Known(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        using var resource = KnownNames.Contains(name) ? typeof(HubDefinition).Assembly.GetManifestResourceStream($"{Resources}{name}{Extension}") : null;
        if (resource is null)
        {
            throw new ArgumentException($"There is no definition '{name}'. There are: {string.Join(", ", KnownNames)}.", nameof(name));
        }

        using var json = new MemoryStream();
        resource.CopyTo(json);
        return Of(json.ToArray(), $"known:{name}", directory: null);
    }

    private static HubDefinition Of(ReadOnlyMemory<byte> json, string origin, string? directory)
    {
        try
        {
            return new HubDefinition(origin, HubSettings.Read(new DefinitionObject(JsonElement.Parse(Reading.JsonBytes.Clean(json).Span), ""), directory));
        }
        catch (JsonException error)
        {
            throw new FormatException($"line {error.LineNumber + 1} is not JSON.", error);
        }
        catch (InvalidOperationException error)
        {
            throw new FormatException("it has text that is not Unicode.", error);
        }
    }
}
