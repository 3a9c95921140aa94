namespace MlHub.Testing;

/// <summary>An answer of an MLHub API, to be compared with the description.</summary>
/// <param name="Method">The method of the request.</param>
/// <param name="Path">The path below the root, from its first slash on, escaped as it was sent, without the query.</param>
/// <param name="Status">The status code.</param>
/// <param name="Headers">The headers, <c>Content-Type</c> among them.</param>
/// <param name="Body">The whole body.</param>
internal sealed record ServerAnswer(string Method, string Path, int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body);
