using System.Runtime.InteropServices;

namespace MlHub;

/// <summary>
/// What went wrong with a file, as a part of a sentence that names the file. Messages of .NET differ between systems and name methods and parameters. Those of
/// the operating system, which other programs show too, stay.
/// </summary>
internal static class FileErrors
{
    // COR_E_IO: an IOException without an error code of the system. Those of this project have none, and say what happened.
    private const int NoCode = unchecked((int)0x80131620);

    /// <summary>The reason, without a full stop.</summary>
    /// <param name="error">The exception of a file operation.</param>
    /// <param name="path">The file, if known. .NET reports a directory in place of a file as one that must not be accessed.</param>
    internal static string Reason(Exception error, string? path = null) => error switch
    {
        UnauthorizedAccessException or System.Security.SecurityException => path is not null && Directory.Exists(path) ? "it is a directory" : "access is denied",
        FileNotFoundException => "it does not exist",
        DirectoryNotFoundException => "its folder does not exist",
        PathTooLongException => "its name is too long",
        EndOfStreamException => "it ends too early",
        IOException { HResult: NoCode } => error.Message.TrimEnd('.'),
        IOException => OfSystem(error.HResult & 0xFFFF),
        _ => $"an unexpected error ({error.GetType().Name})",
    };

    /// <summary>The reason why a file was not written. Some directories, such as /proc, report a new file as one that does not exist.</summary>
    internal static string ReasonNotWritten(Exception error, string? path = null) =>
        error is FileNotFoundException or DirectoryNotFoundException ? "no new file can be made there" : Reason(error, path);

    /// <summary>The reason, and the path if only the exception knows it.</summary>
    internal static string ReasonAndPath(Exception error) =>
        error is IOException { HResult: NoCode } ? error.Message
        : PathIn(error) is { } path ? $"'{path}' cannot be used: {Reason(error, path)}."
        : $"{Reason(error)}.";

    private static string? PathIn(Exception error) =>
        (error as FileNotFoundException)?.FileName
        ?? (error.Message.IndexOf('\'', StringComparison.Ordinal) is var start and >= 0 && error.Message.LastIndexOf('\'') is var end && end > start + 1 ? error.Message[(start + 1)..end] : null);

    private static string OfSystem(int code) =>
        Marshal.GetPInvokeErrorMessage(code).TrimEnd('.') is { Length: > 1 } words && char.IsLower(words[1]) ? $"{char.ToLowerInvariant(words[0])}{words[1..]}" : $"error {code} of the system";
}
