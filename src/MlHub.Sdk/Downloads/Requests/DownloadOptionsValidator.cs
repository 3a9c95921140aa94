using Microsoft.Extensions.Options;

namespace MlHub.Sdk;

/// <summary>Checks the attributes of <see cref="DownloadOptions"/>. Its code is generated.</summary>
[OptionsValidator]
internal sealed partial class DownloadOptionsValidator : IValidateOptions<DownloadOptions>;
