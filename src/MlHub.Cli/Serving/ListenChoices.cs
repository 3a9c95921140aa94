using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MlHub.Sdk;
using MlHub.Server;

namespace MlHub.Cli;

/// <summary>The options of <c>mlhub serve</c> about addresses, names and TLS.</summary>
internal sealed class ListenChoices
{
    public const int DefaultPort = 8765;

    private readonly Option<IPEndPoint?> _listen = new("--listen")
    {
        HelpName = "ADDRESS[:PORT]",
        Description = "The address of this machine to listen on. 0.0.0.0 and [::] are all addresses. Default: 127.0.0.1, which only this machine can reach.",
        CustomParser = Values.Parsed("--listen", ParseAddress),
    };

    private readonly Option<int?> _port = new("--port")
    {
        HelpName = "P",
        Description = $"The port. 0 uses any free port. Default: {DefaultPort}.",
        CustomParser = Values.Number("--port", min: 0, max: IPEndPoint.MaxPort),
    };

    private readonly Option<string[]> _hosts = new Option<string[]>("--host")
    {
        HelpName = "NAME",
        Description = "Another name by which clients reach this machine. It can be repeated. The address that a client has connected to, the name of the machine and the names of the certificate are always accepted.",
    }.NotEmpty();

    private readonly Option<Uri> _publicUrl = new("--public-url")
    {
        HelpName = "URL",
        Description = "The address for clients behind a reverse proxy. All links begin with it.",
        CustomParser = Values.HttpUrl("--public-url"),
    };

    private readonly Option<string> _certificate = new Option<string>("--certificate")
    {
        HelpName = "FILE",
        Description = "Serve https with this certificate: PEM with the certificates of its issuers, or PFX. A renewed file is used without a restart.",
    }.NotEmpty();

    private readonly Option<string> _certificateKey = new Option<string>("--certificate-key")
    {
        HelpName = "FILE",
        Description = "The private key of the certificate, as PEM. Default: it is in the file of --certificate.",
    }.NotEmpty();

    private readonly Option<string> _certificatePassword = new Option<string>("--certificate-password-file")
    {
        HelpName = "FILE",
        Description = "A file whose first line is the password of the private key.",
    }.NotEmpty();

    private readonly Option<string[]> _cors = new Option<string[]>("--cors")
    {
        HelpName = "ORIGIN",
        Description = "An origin whose web pages may use the hub, such as https://browser.example.org, or * for all. It can be repeated.",
    }.NotEmpty();

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_listen, _port, _hosts, _publicUrl, _certificate, _certificateKey, _certificatePassword, _cors])
        {
            command.Options.Add(option);
        }
    }

    /// <exception cref="WrongUsageException">Options contradict each other.</exception>
    public MlHubServerOptions Apply(CommandRun run, MlHubServerOptions options)
    {
        var listen = run.Value(_listen);
        var port = run.Value(_port);
        if (port is not null && listen is { Port: > 0 })
        {
            throw new WrongUsageException("the port is given twice: leave out --port, or the port of --listen.");
        }

        if (run.Value(_certificate) is null && (run.Value(_certificateKey) is not null || run.Value(_certificatePassword) is not null))
        {
            throw new WrongUsageException("--certificate-key and --certificate-password-file need --certificate.");
        }

        return options with
        {
            Address = listen?.Address ?? IPAddress.Loopback,
            Port = port ?? (listen is { Port: > 0 } ? listen.Port : DefaultPort),
            Hosts = run.Value(_hosts) ?? [],
            PublicUrl = run.Value(_publicUrl),
            CorsOrigins = run.Value(_cors) ?? [],
            Certificate = run.Value(_certificate) is not { } certificate ? null : new MlHubServerCertificate
            {
                Path = DownloadChoices.PathOf(run, certificate),
                KeyPath = run.Value(_certificateKey) is { } key ? DownloadChoices.PathOf(run, key) : null,
                PasswordPath = run.Value(_certificatePassword) is { } password ? DownloadChoices.PathOf(run, password) : null,
            },
        };
    }

    /// <summary>What the user should know about an address that other machines can reach; null if there is nothing.</summary>
    public static string? Warning(MlHubServerOptions options) =>
        IPAddress.IsLoopback(options.Address) ? null
        : options.AllowAnonymous ? $"everybody who can connect to {options.Address} can read all items and files: --keys FILE asks for keys"
        : options.Certificate is null && options.PublicUrl?.Scheme != "https" ? "keys are sent in clear text: add --certificate, or put the hub behind a proxy with TLS and name it with --public-url https://…"
        : null;

    /// <summary>Explains why the server cannot listen.</summary>
    public static MlHubException Explain(MlHubServerOptions options, Exception error)
    {
        var code = error is SocketException direct ? direct.SocketErrorCode : CodeIn(error);
        return new MlHubException(
            code switch
            {
                SocketError.AddressAlreadyInUse => $"port {options.Port} of {options.Address} is in use. Use another --port, or --port 0 for any free port.",
                SocketError.AddressNotAvailable => $"{options.Address} is not an address of this machine. Use one of its addresses with --listen, or 0.0.0.0 or [::] for all of them.",
                SocketError.AccessDenied => $"port {options.Port} may not be used without more rights. Use a --port of 1024 or more.",
                _ => $"port {options.Port} of {options.Address} cannot be used. Use another --port, or --port 0 for any free port.",
            },
            error);
    }

    // Kestrel wraps the SocketException, and not always at the same depth.
    private static SocketError CodeIn(Exception error)
    {
        for (var cause = error.InnerException; cause is not null; cause = cause.InnerException)
        {
            if (cause is SocketException { SocketErrorCode: var code })
            {
                return code;
            }
        }

        return SocketError.SocketError;
    }

    // IPEndPoint.Parse also accepts "1" and "1.2", and gives port 0 to an address without one.
    private static IPEndPoint ParseAddress(string text)
    {
        var bracket = text.LastIndexOf(']');
        var colon = text.LastIndexOf(':');
        var (host, port) = colon > bracket && (bracket > 0 || text.IndexOf(':', StringComparison.Ordinal) == colon) ? (text[..colon], text[(colon + 1)..]) : (text, null);
        host = host == "localhost" ? "127.0.0.1" : host is ['[', .. var inner, ']'] ? inner : host;
        return IPAddress.TryParse(host, out var address) && (address.AddressFamily == AddressFamily.InterNetworkV6 || address.ToString() == host) && PortOf(port) is { } number
            ? new IPEndPoint(address, number)
            : throw new FormatException("it must be an address of this machine, with or without a port, such as 0.0.0.0, 192.0.2.7:8765 or [::]:8765.");
    }

    private static int? PortOf(string? text) =>
        text is null ? 0
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= IPEndPoint.MaxPort ? port
        : null;
}
