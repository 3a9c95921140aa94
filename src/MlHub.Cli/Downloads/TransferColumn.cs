using MlHub.Sdk;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace MlHub.Cli;

/// <summary>A column next to a progress bar, with figures of the download engine.</summary>
internal sealed class TransferColumn(Func<DownloadProgress, string> text) : ProgressColumn
{
    protected override bool NoWrap => true;

    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
        new Text(task.Tag is DownloadProgress progress ? text(progress) : "");
}
