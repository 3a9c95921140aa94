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
        HelpName = "resume|skip|overwrite|verify",
        Description = "What to do if a file is already there: resume compares it with the server and downloads what is missing, skip keeps it (the server is asked only if the address does not tell the name), overwrite "
            + "downloads it again, verify is like resume, but also reads the file and compares its digest with what is known. Default: resume.",
        CustomParser = Values.OneOf("--if-exists", ("resume", IfExists.Resume), ("skip", IfExists.Skip), ("overwrite", IfExists.Overwrite), ("verify", IfExists.Verify)),
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

    private readonly Option<string> _checksums = new Option<string>("--checksums")
    {
        HelpName = "FILE",
        Description = "Note the SHA-256 of each file in FILE, which \"mlhub verify --checksums FILE\" and \"sha256sum --check\" read. Lines about other files stay. Names are relative to the directory of FILE.",
    }.NotEmpty();

    private readonly Option<bool> _progress = new("--progress")
    {
        Description = "Report progress even if standard error is no terminal: a line now and then.",
    };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_output, _ifExists, _ifLocked, _connections, _noFsync, _allowPages, _checksums, _dryRun, _progress])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The file that notes the SHA-256 of each file; null if none is wanted.</summary>
    public ChecksumFile? Checksums(CommandRun run) => run.Value(_checksums) is { } path ? ChecksumFile.Open(ExpandTilde(path, run.Environment.UserDirectory)) : null;

    /// <summary>Whether progress is wanted where there is no terminal.</summary>
    public bool WantsProgress(CommandRun run) => run.Value(_progress);

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
