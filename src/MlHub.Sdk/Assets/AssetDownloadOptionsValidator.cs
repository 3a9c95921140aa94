using Microsoft.Extensions.Options;

namespace MlHub.Sdk;

/// <summary>Checks the attributes of <see cref="AssetDownloadOptions"/>. Its code is generated.</summary>
[OptionsValidator]
internal sealed partial class AssetDownloadOptionsValidator : IValidateOptions<AssetDownloadOptions>;
