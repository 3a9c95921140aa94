using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace MlHub.Sdk;

/// <summary>Checks the attributes of the options of one client, and names each setting as the configuration does.</summary>
internal sealed partial class ClientOptionsValidator(MlHubClientBuilder builder) : IValidateOptions<MlHubClientOptions>
{
    private readonly Attributes _attributes = new();

    public ValidateOptionsResult Validate(string? name, MlHubClientOptions options) =>
        name != builder.Name ? ValidateOptionsResult.Skip
        : _attributes.Validate(name, options) is { Failed: true, Failures: var failures } ? ValidateOptionsResult.Fail(failures.Select(Named))
        : ValidateOptionsResult.Success;

    private string Named(string failure) =>
        Setting().Replace(failure.TrimEnd('.'), match => SettingsError.Name(builder, match.Groups["path"].Value.Replace('.', ':')), 1);

    // "StallTimeout: The field MlHubClientOptions.Transfer.StallTimeout must be …"
    [GeneratedRegex("^[^:]*: (The field )?MlHubClientOptions\\.(?<path>[A-Za-z0-9.]+)")]
    private static partial Regex Setting();

    // Its code is generated.
    [OptionsValidator]
    private sealed partial class Attributes : IValidateOptions<MlHubClientOptions>;
}
