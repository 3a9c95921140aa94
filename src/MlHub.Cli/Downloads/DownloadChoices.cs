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
        Description = "What to do if a file is already there: resume compares it with the server and downloads what is missing, skip keeps it (a request is sent only if the address does not contain the file name), overwrite "
            + "downloads it again, verify is like resume, but also reads the file and compares its digest with the known one. Default: resume.",
        CustomParser = Values.OneOf("--if-exists", ("resume", IfExists.Resume), ("skip", IfExists.Skip), ("overwrite", IfExists.Overwrite), ("verify", IfExists.Verify)),
    };

    private readonly Option<int?> _connections = new("--connections")
    {
        HelpName = "N",
        Description = "The number of connections for each file, 1 to 64. Default: connections are added while they make the download faster.",
        CustomParser = Values.Number("--connections", min: 1, max: 64),
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
        Description = "Store an HTML page or an error document even if another kind of file was requested.",
    };

    private readonly Option<bool> _dryRun = DryRunOption();

    private readonly Option<string> _checksums = new Option<string>("--checksums")
    {
        HelpName = "FILE",
        Description = "Write the SHA-256 of each file to FILE, for \"mlhub verify --checksums FILE\" and \"sha256sum --check\". Lines of other files are kept. Names are relative to the directory of FILE.",
    }.NotEmpty();

    private readonly Option<bool> _progress = new("--progress")
    {
        Description = "Report progress even if standard error is not a terminal: a line every 10 seconds.",
    };

    /// <param name="command">The command.</param>
    /// <param name="withChecksums">Whether the command can write a checksum file.</param>
    public void AddTo(Command command, bool withChecksums = true)
    {
        foreach (var option in (Option[])[_output, _ifExists, _ifLocked, _connections, _noFsync, _allowPages, .. withChecksums ? [_checksums] : (Option[])[], _dryRun, _progress])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Adds only the options that have no influence on what is downloaded, or where it goes.</summary>
    public void AddSpeedTo(Command command)
    {
        foreach (var option in (Option[])[_connections, _noFsync, _progress])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The checksum file to write; null without <c>--checksums</c>.</summary>
    public ChecksumFile? Checksums(CommandRun run) => run.Value(_checksums) is { } path ? ChecksumFile.Open(PathOf(run, path)) : null;

    /// <summary>Whether progress is reported even without a terminal.</summary>
    public bool WantsProgress(CommandRun run) => run.Value(_progress);

    /// <summary><c>--dry-run</c>, the same for every download.</summary>
    public static Option<bool> DryRunOption() => new("--dry-run")
    {
        Description = "Show only the number of files and bytes. Nothing is downloaded, and no file is created.",
    };

    public bool IsDryRun(CommandRun run) => run.Value(_dryRun);

    /// <summary>The directory for the files. Commands check it before they send a request.</summary>
    /// <exception cref="WrongUsageException">The path, or a part of it, is a file.</exception>
    public string Output(CommandRun run) => Directory(run, "--output", run.Value(_output) ?? ".");

    /// <summary>The directory that an option names.</summary>
    /// <exception cref="WrongUsageException">The path, or a part of it, is a file.</exception>
    public static string Directory(CommandRun run, string option, string path)
    {
        var output = ExpandTilde(path, run.Environment.UserDirectory);
        for (var part = Path.GetFullPath(output); part is not null; part = Path.GetDirectoryName(part))
        {
            if (File.Exists(part))
            {
                throw new WrongUsageException($"{option} must be a directory, but '{part}' is a file: choose another one.");
            }
        }

        return output;
    }

    /// <summary>The file that an option names.</summary>
    public static string PathOf(CommandRun run, string path) => ExpandTilde(path, run.Environment.UserDirectory);

    public DownloadOptions Options(CommandRun run) => new()
    {
        IfExists = run.Value(_ifExists),
        IfLocked = run.Value(_ifLocked),
        Connections = run.Value(_connections),
        FlushToDisk = !run.Value(_noFsync),
        AllowPages = run.Value(_allowPages),
    };

    // Shells do not expand ~ in quotes and in --output=~/data. ~name is not expanded.
    internal static string ExpandTilde(string path, string userDirectory) =>
        userDirectory.Length > 0 && (path is "~" || path.StartsWith("~/", StringComparison.Ordinal) || path.StartsWith($"~{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            ? userDirectory + path[1..]
            : path;
}
