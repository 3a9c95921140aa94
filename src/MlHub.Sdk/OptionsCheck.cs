using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace MlHub.Sdk;

/// <summary>Converts the failures of a generated validator to an exception.</summary>
internal static partial class OptionsCheck
{
    /// <summary>The message for a part of the options that is null.</summary>
    internal const string RequiredMessage = "{0} must not be null.";

    /// <exception cref="ArgumentException">A value is out of range. The message has a sentence for each.</exception>
    internal static void Require<TOptions>(IValidateOptions<TOptions> validator, TOptions options, string parameter, string? name = null)
        where TOptions : class
    {
        var result = validator.Validate(name, options);
        if (result.Failed)
        {
            throw new ArgumentException(string.Join(' ', result.Failures.Select(Sentence)), parameter);
        }
    }

    // A failure reads "StallTimeout: The field MlHubClientOptions.Transfer.StallTimeout must be between …". The text before the path contains no further
    // information.
    private static string Sentence(string failure) => Preamble().Replace(failure, "");

    [GeneratedRegex(@"^\w+: (The field )?")]
    private static partial Regex Preamble();
}
