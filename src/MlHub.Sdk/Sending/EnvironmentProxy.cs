using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace MlHub.Sdk;

/// <summary>
/// The proxy for each destination, from the variables that curl reads: <c>http_proxy</c>, <c>https_proxy</c>, <c>all_proxy</c> and
/// <c>no_proxy</c>, each in lower case first and then in upper case. Without a proxy variable, the system's settings are used. See docs/adr/0043.
/// </summary>
internal sealed partial class EnvironmentProxy : IWebProxy
{
    private readonly Setting? _http;
    private readonly Setting? _https;
    private readonly NoProxy _noProxy;
    private readonly IWebProxy? _system;

    /// <param name="environment">Returns the value of a variable, or null.</param>
    /// <param name="system">The proxy settings if no variable names a proxy.</param>
    public EnvironmentProxy(Func<string, string?> environment, IWebProxy system)
    {
        // A web server passes the header "Proxy" of a request to CGI programs as HTTP_PROXY, so an attacker can set the upper-case variable (CVE-2016-5385).
        var isCgi = IsSet("REQUEST_METHOD") || IsSet("GATEWAY_INTERFACE");
        var all = Read("all_proxy", "ALL_PROXY");
        _http = Read("http_proxy", isCgi ? null : "HTTP_PROXY") ?? all;
        _https = Read("https_proxy", "HTTPS_PROXY") ?? all;
        _noProxy = new NoProxy(Value("no_proxy") ?? Value("NO_PROXY"));
        _system = _http is null && _https is null ? system : null;
        Credentials = _system is null ? new ProxyLogins([_http, _https]) : _system.Credentials;

        string? Value(string name) => environment(name)?.Trim() is { Length: > 0 } value ? value : null;
        bool IsSet(string name) => Value(name) is not null;
        Setting? Read(string name, string? capitals) =>
            Value(name) is { } value ? Setting.Parse(name, value)
            : capitals is not null && Value(capitals) is { } inCapitals ? Setting.Parse(capitals, inCapitals)
            : null;
    }

    public ICredentials? Credentials { get; set; }

    /// <summary>
    /// Requests to loopback never use a proxy. Plain http to loopback may contain the API key because it does not leave the machine, and with a proxy it would.
    /// </summary>
    public bool IsBypassed(Uri host) => host.IsLoopback || _noProxy.Includes(host) || _system?.IsBypassed(host) == true;

    public Uri? GetProxy(Uri destination) =>
        IsBypassed(destination) ? null
        : _system is not null ? _system.GetProxy(destination)
        : SettingFor(destination)?.Address;

    /// <summary>
    /// Throws if the proxy setting for a destination is invalid. .NET ignores exceptions of <see cref="GetProxy"/> and connects without a proxy.
    /// </summary>
    /// <exception cref="MlHubException">The variable's value is not the address of a proxy.</exception>
    public void RequireUsable(Uri destination)
    {
        if (SettingFor(destination) is { Address: null } setting && !IsBypassed(destination))
        {
            throw new MlHubException(
                $"The environment variable {setting.Variable} is not a valid proxy address: set it to an address such as "
                + "http://proxy.example:8080 (http, https, socks4, socks4a, socks5 or socks5h), or remove it.");
        }
    }

    private Setting? SettingFor(Uri destination) => destination.Scheme == Uri.UriSchemeHttps ? _https : _http;

    /// <summary>One variable. The address is null if the value is invalid.</summary>
    private sealed partial record Setting(string Variable, Uri? Address, NetworkCredential? Login)
    {
        /// <summary>curl's port for a proxy without one.</summary>
        private const int DefaultPort = 1080;

        public static Setting Parse(string variable, string value)
        {
            var parts = Parts().Match(value);
            var port = parts.Groups["port"].Value;
            return parts.Success
                && Scheme(parts.Groups["scheme"].Value) is { } scheme
                && Uri.TryCreate($"{scheme}://{parts.Groups["host"].Value}:{(port.Length > 0 ? port : PortOf(scheme))}", UriKind.Absolute, out var address)
                && address is { Host.Length: > 0, Port: > 0 }
                    ? new Setting(variable, address, ParseLogin(parts.Groups["login"]))
                    : new Setting(variable, null, null);
        }

        /// <summary>The .NET name of a curl scheme. Null if there is none.</summary>
        private static string? Scheme(string text) => text.ToLowerInvariant() switch
        {
            "" or "http" => "http",
            "https" => "https",
            "socks4" or "socks" => "socks4",
            "socks4a" => "socks4a",

            // socks5 of .NET sends the host name to the proxy, as socks5h of curl does. socks5 of curl resolves the name locally; the connection is the same.
            "socks5" or "socks5h" => "socks5",
            _ => null,
        };

        private static string PortOf(string scheme) =>
            (scheme == Uri.UriSchemeHttps ? 443 : DefaultPort).ToString(CultureInfo.InvariantCulture);

        private static NetworkCredential? ParseLogin(Group login)
        {
            if (!login.Success)
            {
                return null;
            }

            var parts = login.Value.Split(':', 2);
            return new NetworkCredential(Uri.UnescapeDataString(parts[0]), parts.Length == 2 ? Uri.UnescapeDataString(parts[1]) : "");
        }

        [GeneratedRegex(@"^(?:(?<scheme>[A-Za-z][A-Za-z0-9+.-]*)://)?(?:(?<login>[^/]*)@)?(?<host>\[[0-9A-Fa-f:.%]+\]|[^\s\[\]:/@?#\\]+)(?::(?<port>[0-9]*))?/?$", RegexOptions.CultureInvariant)]
        private static partial Regex Parts();
    }

    private sealed class ProxyLogins(Setting?[] settings) : ICredentials
    {
        public NetworkCredential? GetCredential(Uri uri, string authType) =>
            settings.FirstOrDefault(setting => setting?.Login is not null && Origin.IsSame(setting.Address!, uri))?.Login;
    }
}
