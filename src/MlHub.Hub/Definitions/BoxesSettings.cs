namespace MlHub.Hub.Definitions;

/// <summary>A table of boxes: CSV, or GeoJSON with a feature for each.</summary>
/// <param name="File">The full path of a file of this machine. Null if the table is in the place of the dataset.</param>
/// <param name="Path">Its path in the place of the dataset. Null if it is a file of this machine.</param>
/// <param name="Key">The name in the templates whose value is looked up.</param>
/// <param name="Field">The column, or the property of the features, that has these values.</param>
internal sealed record BoxesSettings(string? File, string? Path, string Key, string Field)
{
    internal static BoxesSettings Read(DefinitionObject json, string? directory)
    {
        var (file, path) = (json.Text("file"), json.Text("path"));
        var boxes = new BoxesSettings(file is null ? null : PlaceSettings.Local(file, directory, json.Place("file")), path, json.Required("key"), json.Text("field") ?? "id");
        json.RequireNothingElse();
        return file is null == path is null ? throw new FormatException($"{json.At} needs either file, a file beside the definition, or path, a file of the dataset.") : boxes;
    }
}
