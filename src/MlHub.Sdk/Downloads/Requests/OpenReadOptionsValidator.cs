using Microsoft.Extensions.Options;

namespace MlHub.Sdk;

/// <summary>Checks the attributes of <see cref="OpenReadOptions"/>. Its code is generated.</summary>
[OptionsValidator]
internal sealed partial class OpenReadOptionsValidator : IValidateOptions<OpenReadOptions>;
