using Microsoft.Extensions.Options;

namespace MlHub.Sdk;

/// <summary>Checks the attributes of <see cref="DatasetAssetsOptions"/>. Its code is generated.</summary>
[OptionsValidator]
internal sealed partial class DatasetAssetsOptionsValidator : IValidateOptions<DatasetAssetsOptions>;
