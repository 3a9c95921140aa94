using System.Text;

namespace MlHub.Sdk;

/// <summary>
/// What the format of a profiles file can carry so that every reader of it, Python's of any version included, reads the same.
/// </summary>
internal static class ProfileRules
{
    /// <exception cref="MlHubException">The name cannot be a profile's.</exception>
    internal static void CheckName(string name)
    {
        if (name.Length == 0)
        {
            throw new MlHubException("A profile needs a name.");
        }

        if (name is ProfilesText.DefaultSection or MlHubSettings.AnonymousProfile)
        {
            throw new MlHubException(name == ProfilesText.DefaultSection
                ? "DEFAULT is no profile: what stands there holds for all profiles. Did you mean \"default\"?"
                : $"{MlHubSettings.AnonymousProfile} stands for sending no key and can have none: choose another name.");
        }

        // Python before 3.10 ends the name at the first closing bracket.
        if (name.Contains(']', StringComparison.Ordinal) || HasStrayCharacters(name) || PythonText.Strip(name).Length < name.Length)
        {
            throw new MlHubException("The name of a profile must not hold \"]\" or control characters, nor begin or end with a space.");
        }
    }

    /// <returns>The key, cleaned.</returns>
    /// <exception cref="MlHubException">The text cannot be a key.</exception>
    internal static string CheckedApiKey(string text) =>
        ApiKey.From(text, "The API key")?.Reveal() ?? throw new MlHubException("The API key is empty.");

    // An unpaired surrogate, which UTF-8 cannot write, is enumerated as the replacement character.
    private static bool HasStrayCharacters(string text) =>
        text.EnumerateRunes().Any(rune => Rune.IsControl(rune) || rune == Rune.ReplacementChar);
}
