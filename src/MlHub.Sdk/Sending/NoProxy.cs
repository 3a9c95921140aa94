using System.Globalization;
using System.Net;

namespace MlHub.Sdk;

/// <summary>
/// The destinations that <c>NO_PROXY</c> excludes from the proxy, read as curl reads them: names with their subdomains, addresses, networks (CIDR),
/// and <c>*</c> for all. An entry with a port excludes only that port, which curl does not support.
/// </summary>
internal sealed class NoProxy
{
    private readonly Entry[] _entries;

    /// <param name="list">The value of the variable: entries separated by commas or white space.</param>
    public NoProxy(string? list) =>
        _entries = [.. (list ?? "").Split([',', ' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(Parse)];

    public bool Includes(Uri destination)
    {
        var name = destination.IdnHost.TrimEnd('.');
        var address = ParseAddress(name);
        return _entries.Any(entry => (entry.Port ?? destination.Port) == destination.Port && entry.Includes(name, address));
    }

    private static Entry Parse(string text)
    {
        var (host, port) = SplitPort(text);
        var (first, prefix) = host.Split('/', 2) is [var network, var bits] ? (network, bits) : (host, null);
        if (ParseAddress(first.Trim('[', ']')) is { } address)
        {
            var length = address.GetAddressBytes().Length * 8;
            return prefix is null ? new Entry(port, null, address, length)
                : int.TryParse(prefix, NumberStyles.None, CultureInfo.InvariantCulture, out var kept) && kept <= length ? new Entry(port, null, address, kept)
                : Entry.Nothing;
        }

        var name = host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host.TrimStart('.');
        return new Entry(port, name.TrimEnd('.'), null, 0);
    }

    /// <summary>A single colon precedes a port. More colons belong to an IPv6 address, unless it is in brackets.</summary>
    private static (string Host, int? Port) SplitPort(string text)
    {
        var colon = text.LastIndexOf(':');
        var isPort = colon > 0 && (text[colon - 1] == ']' || text.IndexOf(':', StringComparison.Ordinal) == colon);
        return isPort && ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? (text[..colon], port)
            : (text, null);
    }

    /// <summary>Parses a complete address. IPAddress also accepts "10" and "1.2", which are names here.</summary>
    private static IPAddress? ParseAddress(string text)
    {
        if (!IPAddress.TryParse(text, out var address) || !(text.Contains(':', StringComparison.Ordinal) || text.Count(c => c == '.') == 3))
        {
            return null;
        }

        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }

    private sealed record Entry(int? Port, string? Name, IPAddress? Network, int PrefixLength)
    {
        public static Entry Nothing { get; } = new(null, "", null, 0);

        public bool Includes(string name, IPAddress? address) =>
            Name == "*" || (Network is null ? address is null && IsSameOrBelow(name) : address is not null && Contains(address));

        private bool Contains(IPAddress address)
        {
            var (ours, theirs) = (Network!.GetAddressBytes(), address.GetAddressBytes());
            if (ours.Length != theirs.Length)
            {
                return false;
            }

            var (whole, rest) = Math.DivRem(PrefixLength, 8);
            return ours.AsSpan(0, whole).SequenceEqual(theirs.AsSpan(0, whole))
                && (rest == 0 || (ours[whole] ^ theirs[whole]) >> (8 - rest) == 0);
        }

        private bool IsSameOrBelow(string name) =>
            Name!.Length > 0 && name.EndsWith(Name, StringComparison.OrdinalIgnoreCase) && (name.Length == Name.Length || name[^(Name.Length + 1)] == '.');
    }
}
