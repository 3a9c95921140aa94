using System.Text.Json;

namespace MlHub.Sdk.Assets.Catalogue;

/// <summary>A JSON value of a text, or why there is none.</summary>
/// <param name="Place">Where it is: <c>line 3</c> or <c>features[7]</c>.</param>
/// <param name="Bytes">Its bytes. They are valid until the next value is read.</param>
/// <param name="Json">The value; null if it is not JSON.</param>
/// <param name="WhyNot">The problem; null if there is none.</param>
internal sealed record JsonValue(string Place, ReadOnlyMemory<byte> Bytes, JsonElement? Json, string? WhyNot);
