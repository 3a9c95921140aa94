using System.Text;

namespace MlHub.Sdk;

/// <summary>
/// Checks names and values so that every reader of the profiles file, including all versions of Python, reads the same.
/// </summary>
internal static class ProfileRules
{
    /// <exception cref="MlHubException">The name is not a valid profile name.</exception>
    internal static void CheckName(string name)
    {
        if (name.Length == 0)
        {
            throw new MlHubException("The name of the profile is empty.");
        }

        if (name is ProfilesText.DefaultSection or MlHubSettings.AnonymousProfile)
        {
            throw new MlHubException(name == ProfilesText.DefaultSection
                ? "DEFAULT is not a profile: its values apply to all profiles. Did you mean \"default\"?"
                : $"{MlHubSettings.AnonymousProfile} means that no key is sent, so it cannot have a key: choose another name.");
        }

        // Python before 3.10 ends the name at the first closing bracket.
        if (name.Contains(']', StringComparison.Ordinal) || HasInvalidCharacters(name) || PythonText.Strip(name).Length < name.Length)
        {
            throw new MlHubException("The name of a profile must not contain \"]\" or control characters, and must not begin or end with a space.");
        }
    }

    /// <returns>The trimmed key.</returns>
    /// <exception cref="MlHubException">The text is not a valid key.</exception>
    internal static string CheckedApiKey(string text) =>
        ApiKey.From(text, "The API key")?.Reveal() ?? throw new MlHubException("The API key is empty.");

    // An unpaired surrogate, which UTF-8 cannot write, is enumerated as the replacement character.
    private static bool HasInvalidCharacters(string text) =>
        text.EnumerateRunes().Any(rune => Rune.IsControl(rune) || rune == Rune.ReplacementChar);
}
