using Microsoft.Extensions.Options;

namespace MlHub.Sdk;

/// <summary>Checks the attributes of the options. Its code is generated.</summary>
[OptionsValidator]
internal sealed partial class ClientOptionsValidator : IValidateOptions<MlHubClientOptions>;
