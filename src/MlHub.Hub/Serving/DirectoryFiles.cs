using System.IO.Compression;
using MlHub.Hub.Index;
using MlHub.Hub.Reading;
using MlHub.Server;

namespace MlHub.Hub.Serving;

/// <summary>The assets of a directory: files, and entries of archives.</summary>
/// <param name="root">The full path of the directory.</param>
/// <param name="index">The index.</param>
internal sealed class DirectoryFiles(string root, IHubIndex index)
{
    // The database and the reports of a download, also those of its shards.
    private static readonly string[] Records = ["mlhub_stac_assets.", "err_report.", "report."];

    private readonly SafePath _paths = new(root);
    private readonly Dictionary<string, IndexedFile> _tarballs = index.Files(FileKind.Archive).Concat(index.Files(FileKind.CatalogTarball)).ToDictionary(file => file.Path, StringComparer.Ordinal);

    // Only in these folders are there datasets. What else is in the directory is nobody's business.
    private readonly HashSet<string> _folders = index.TopFolders();

    /// <summary>A tarball of the directory. Null if it is not there any more.</summary>
    internal HubFile? Tarball(IndexedFile tarball)
    {
        if (_paths.Find(tarball.Path.Split('/')) is not { } file)
        {
            return null;
        }

        var served = HubFile.FromDisk(file.FullName, "application/gzip");
        return file.Length == tarball.Size && file.LastWriteTimeUtc.Ticks == tarball.Modified ? served with { Md5 = tarball.Md5 } : served;
    }

    /// <summary>An asset.</summary>
    /// <param name="segments">The segments of its path in the directory. The path of an entry is that of the archive, and the name of the entry.</param>
    internal HubFile? Find(IReadOnlyList<string> segments)
    {
        string[] parts = [.. segments];
        for (var length = 1; length < parts.Length; length++)
        {
            if (parts[length - 1].EndsWith(FileNames.Tarball, StringComparison.OrdinalIgnoreCase) && _tarballs.TryGetValue(string.Join('/', parts[..length]), out var tarball))
            {
                return Entry(tarball, string.Join('/', parts[length..]));
            }
        }

        if (parts.Length == 0 || !IsPublic(parts) || _paths.Find(parts) is not { } file)
        {
            return null;
        }

        var served = HubFile.FromDisk(file.FullName, MediaTypes.Of(file.Name));

        // A pipe or a device has no length either, and opening it would wait for ever.
        return served.Length == 0 ? served with { OpenRead = () => Stream.Null } : served;
    }

    /// <summary>Whether there is such an asset.</summary>
    /// <param name="folder">The segments of the path of its folder.</param>
    /// <param name="name">Its name.</param>
    /// <param name="known">The folders that the request has seen.</param>
    internal bool Has(string[] folder, string name, KnownFolders known) => IsPublicName(folder, name) && _paths.Has(folder, name, known) && !IsDocument(folder, name);

    /// <summary>The length of an asset. 0 if it is gone.</summary>
    internal long LengthOf(string[] folder, string name) => _paths.Find([.. folder, name])?.Length ?? 0;

    /// <summary>The length of an entry of a tarball. Null if there is no such entry.</summary>
    internal long? LengthOf(string tarball, string entry) => _tarballs.TryGetValue(tarball, out var file) ? index.FindEntry(file.Id, entry)?.Length : null;

    private bool IsPublic(string[] parts) => IsPublicName(parts[..^1], parts[^1]) && !IsDocument(parts[..^1], parts[^1]);

    // The record of a download is nobody's business.
    private bool IsPublicName(string[] folder, string name) =>
        _folders.Contains(folder.Length == 0 ? "" : folder[0]) && name != "datasets.json" && !(folder.Length == 1 && Records.Any(record => name.StartsWith(record, StringComparison.Ordinal)));

    // Documents are served by the API.
    private bool IsDocument(string[] folder, string name) =>
        FileNames.MayBeStac(name) && index.FindFile(folder.Length == 0 ? name : $"{string.Join('/', folder)}/{name}") is not (null or { Kind: FileKind.Other or FileKind.LeftOut });

    private HubFile? Entry(IndexedFile tarball, string name)
    {
        if (index.FindEntry(tarball.Id, name) is not var (offset, length) || Tarball(tarball) is not { Md5: not null } file)
        {
            return null;
        }

        return file with
        {
            ContentType = MediaTypes.Of(name),
            Length = length,
            ETag = $"{file.ETag}-{offset:x}",
            Md5 = null,
            OpenRead = () => new EntryStream(file.OpenRead(), offset, length),
        };
    }

    /// <summary>An entry of a gzipped tarball. The tarball is unpacked from its beginning, because gzip knows no other way.</summary>
    private sealed class EntryStream : Stream
    {
        private readonly GZipStream _unpacked;
        private long _toSkip;
        private long _left;

        internal EntryStream(Stream tarball, long offset, long length)
        {
            _unpacked = new GZipStream(tarball, CompressionMode.Decompress);
            (_toSkip, _left, Length) = (offset, length, length);
        }

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length { get; }

        public override long Position
        {
            get => Length - _left;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var skipped = new byte[Math.Min(_toSkip, 128 * 1024)];
            while (_toSkip > 0)
            {
                var passed = _unpacked.Read(skipped, 0, (int)Math.Min(_toSkip, skipped.Length));
                _toSkip = passed > 0 ? _toSkip - passed : throw new EndOfStreamException("The archive is shorter than it was.");
            }

            var read = _unpacked.Read(buffer[..(int)Math.Min(_left, buffer.Length)]);
            _left -= read;
            return read;
        }

        // The server seeks once, before it reads.
        public override long Seek(long offset, SeekOrigin origin)
        {
            _toSkip += offset;
            _left -= offset;
            return offset;
        }

        public override void Flush()
        {
            // There is nothing to write.
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _unpacked.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
