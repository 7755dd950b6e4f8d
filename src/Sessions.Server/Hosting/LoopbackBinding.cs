using System.Net;

namespace Sessions.Server;

/// <summary>Keeps the server on loopback: it has no authentication, so whoever reaches it may do everything.</summary>
internal static class LoopbackBinding
{
    public const string DefaultUrl = "http://127.0.0.1:5080";

    public static void BindToLoopback(this IWebHostBuilder host, IConfiguration configuration)
    {
        foreach (var ports in new[] { "http_ports", "https_ports" })
        {
            if (!string.IsNullOrWhiteSpace(configuration[ports]))
                throw new ConfigurationException(ports, "binds to every address; set 'urls' to a loopback address instead.");
        }

        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().ToArray();
        foreach (var endpoint in endpoints)
            Check($"{endpoint.Path}:Url", endpoint["Url"]);

        if (configuration["urls"] is { Length: > 0 } urls)
        {
            foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                Check("urls", url);
        }
        else if (endpoints.Length == 0)
        {
            host.UseUrls(DefaultUrl);
        }
    }

    private static void Check(string key, string? url)
    {
        BindingAddress address;
        try
        {
            address = BindingAddress.Parse(url ?? "");
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or InvalidOperationException)
        {
            throw new ConfigurationException(key, $"'{url}' is not an address like {DefaultUrl}.");
        }

        if (address.IsUnixPipe || address.IsNamedPipe)
            return;

        if (!address.Scheme.Equals("http", StringComparison.OrdinalIgnoreCase))
            throw new ConfigurationException(key, $"'{url}' is not an http address; there is no TLS in this build.");

        var host = address.Host.Trim('[', ']');
        if (address.Port == 0 && !IPAddress.TryParse(host, out _))
            throw new ConfigurationException(key, $"'{url}' names no port; a free one can only be found for an IP address like 127.0.0.1.");

        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var ip) && IPAddress.IsLoopback(ip)))
            return;

        throw new ConfigurationException(
            key, $"'{url}' is not a loopback address; the server has no authentication and is not to be reached from elsewhere.");
    }
}
