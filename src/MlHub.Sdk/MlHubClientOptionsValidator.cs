using Microsoft.Extensions.Options;

namespace MlHub.Sdk;

/// <summary>Checks the attributes of <see cref="MlHubClientOptions"/> and of its parts. Its code is generated.</summary>
[OptionsValidator]
internal sealed partial class MlHubClientOptionsValidator : IValidateOptions<MlHubClientOptions>;
