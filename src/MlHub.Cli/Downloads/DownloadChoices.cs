using System.CommandLine;
using MlHub.Sdk;

namespace MlHub.Cli;

/// <summary>The options of every command that downloads.</summary>
internal sealed class DownloadChoices
{
    private readonly Option<string> _output = new Option<string>("--output", "-o")
    {
        HelpName = "DIR",
        Description = "The directory for the files. It is created if necessary. Default: the current directory.",
    }.NotEmpty();

    private readonly Option<IfExists> _ifExists = new("--if-exists")
    {
        HelpName = "resume|skip|overwrite",
        Description = "What to do if a file is already there: resume compares it with the server and downloads what is missing, skip keeps it (the server is asked only if the address does not tell the name), overwrite "
            + "downloads it again. Default: resume.",
        CustomParser = Values.OneOf("--if-exists", ("resume", IfExists.Resume), ("skip", IfExists.Skip), ("overwrite", IfExists.Overwrite)),
    };

    private readonly Option<int?> _connections = new("--connections")
    {
        HelpName = "N",
        Description = "The number of connections for each file, 1 to 64. Default: as many as make the download faster.",
        CustomParser = Values.Number("--connections", least: 1, most: 64),
    };

    private readonly Option<IfLocked> _ifLocked = new("--if-locked")
    {
        HelpName = "wait|fail",
        Description = "What to do if another process is downloading the same file: wait for it, or fail. Default: wait.",
        CustomParser = Values.OneOf("--if-locked", ("wait", IfLocked.Wait), ("fail", IfLocked.Fail)),
    };

    private readonly Option<bool> _noFsync = new("--no-fsync")
    {
        Description = "Do not wait until the file is on the disk. This is faster, but a power failure can damage a finished file. A crash of the program cannot.",
    };

    private readonly Option<bool> _allowPages = new("--allow-pages")
    {
        Description = "Store an HTML page or an error document even if another kind of file was asked for.",
    };

    private readonly Option<bool> _dryRun = new("--dry-run")
    {
        Description = "Only say how many files and bytes it is. Nothing is downloaded, and no file is made.",
    };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_output, _ifExists, _ifLocked, _connections, _noFsync, _allowPages, _dryRun])
        {
            command.Options.Add(option);
        }
    }

    public bool IsDryRun(CommandRun run) => run.Value(_dryRun);

    /// <summary>The directory for the files. Every command asks for it before it sends a request.</summary>
    /// <exception cref="WrongUsageException">It cannot be one, because it or a part of its path is a file.</exception>
    public string Output(CommandRun run)
    {
        var output = ExpandTilde(run.Value(_output) ?? ".", run.Environment.UserDirectory);
        for (var part = Path.GetFullPath(output); part is not null; part = Path.GetDirectoryName(part))
        {
            if (File.Exists(part))
            {
                throw new WrongUsageException($"--output needs a directory, and '{part}' is a file: name another one.");
            }
        }

        return output;
    }

    public DownloadOptions Options(CommandRun run) => new()
    {
        IfExists = run.Value(_ifExists),
        IfLocked = run.Value(_ifLocked),
        Connections = run.Value(_connections),
        FlushToDisk = !run.Value(_noFsync),
        AllowPages = run.Value(_allowPages),
    };

    // Shells do not expand ~ in quotes and in --output=~/data. ~name is not expanded.
    private static string ExpandTilde(string path, string userDirectory) =>
        userDirectory.Length > 0 && (path is "~" || path.StartsWith("~/", StringComparison.Ordinal) || path.StartsWith($"~{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            ? userDirectory + path[1..]
            : path;
}
