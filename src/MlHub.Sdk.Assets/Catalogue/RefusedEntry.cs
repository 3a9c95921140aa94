namespace MlHub.Sdk;

/// <summary>A file in a catalogue that was left out: it is not STAC, or its name would lead out of the directory.</summary>
/// <param name="Name">The name in the catalogue.</param>
/// <param name="Reason">Why it was left out, for example <c>it is not JSON</c>.</param>
public sealed record RefusedEntry(string Name, string Reason);
