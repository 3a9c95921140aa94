using MlHub.Sdk;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace MlHub.Cli;

/// <summary>A column beside a bar: what the engine itself tells of a file, and not what a bar can guess from its own steps.</summary>
internal sealed class TransferColumn(Func<DownloadProgress, string> text) : ProgressColumn
{
    protected override bool NoWrap => true;

    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
        new Text(task.Tag is DownloadProgress progress ? text(progress) : "");
}
