using System.Formats.Tar;

namespace MlHub.Sandbox;

/// <summary>Creates gzipped tarballs. The same files always give the same bytes.</summary>
internal static class Tarball
{
    private const UnixFileMode ReadableByAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    public static byte[] Make(IEnumerable<(string Path, byte[] Content)> files, DateTimeOffset modified)
    {
        using var bytes = new MemoryStream();
        using (var writer = new TarWriter(bytes, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var (path, content) in files)
            {
                writer.WriteEntry(Entry(path, content, modified));
            }
        }

        return StoredDeflate.Gzip(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }

    // Owner and mode are set, because the defaults depend on the user and the system.
    private static UstarTarEntry Entry(string path, byte[] content, DateTimeOffset modified) => new(TarEntryType.RegularFile, path)
    {
        DataStream = new MemoryStream(content, writable: false),
        ModificationTime = modified,
        Mode = ReadableByAll,
        Uid = 0,
        Gid = 0,
        UserName = "",
        GroupName = "",
    };
}
