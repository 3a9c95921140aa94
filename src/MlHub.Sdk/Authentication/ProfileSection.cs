namespace MlHub.Sdk;

/// <summary>One section of a profiles file.</summary>
internal sealed class ProfileSection(string name, int line)
{
    internal string Name { get; } = name;

    /// <summary>The index of the line of its header, from 0.</summary>
    internal int Line { get; } = line;

    /// <summary>Its entries by key in lower case, without those of <c>[DEFAULT]</c>.</summary>
    internal Dictionary<string, ProfileEntry> Entries { get; } = new(StringComparer.Ordinal);
}
