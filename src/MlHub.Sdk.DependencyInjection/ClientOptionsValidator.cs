using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace MlHub.Sdk;

/// <summary>Checks the options of one client, and names each setting as the configuration does.</summary>
internal sealed partial class ClientOptionsValidator(MlHubClientBuilder builder) : IValidateOptions<MlHubClientOptions>
{
    private readonly Rules _rules = new();
    private volatile bool _wereValid;

    public ValidateOptionsResult Validate(string? name, MlHubClientOptions options)
    {
        if (name != builder.Name)
        {
            return ValidateOptionsResult.Skip;
        }

        // A new key that is invalid must not fail the reload of the configuration: the former key stays in use, and the error is logged.
        var failures = (_rules.Validate(name: null, options).Failures ?? []).Where(failure => !_wereValid || !failure.StartsWith($"{nameof(MlHubClientOptions.ApiKey)}:", StringComparison.Ordinal)).ToArray();
        _wereValid |= failures.Length == 0;
        return failures.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures.Select(Named));
    }

    private string Named(string failure) =>
        SettingsError.Subject(builder) + Setting().Replace(failure.TrimEnd('.'), match => SettingsError.Name(builder, match.Groups["path"].Value.Replace('.', ':')), 1);

    // "StallTimeout: The field MlHubClientOptions.Transfer.StallTimeout must be …"
    [GeneratedRegex("^[^:]*: (The field )?MlHubClientOptions\\.(?<path>[A-Za-z0-9.]+)")]
    private static partial Regex Setting();

    // Its code is generated.
    [OptionsValidator]
    private sealed partial class Rules : IValidateOptions<MlHubClientOptions>;
}
