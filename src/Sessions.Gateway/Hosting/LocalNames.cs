using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Sessions.Protocol;

namespace Sessions.Gateway;

/// <summary>
/// Refuses requests to a domain's name where there is no authentication: a web page could have its own name resolve to this
/// machine, and so drive the server from a browser on it. Addresses and names without a dot can't be used for that.
/// </summary>
internal sealed class LocalNames(RequestDelegate next, IOptions<GatewayOptions> options)
{
    private readonly bool _on = options.Value.LocalNamesOnly;

    public Task InvokeAsync(HttpContext context) => !_on || IsLocal(context.Request.Host.Host)
        ? next(context)
        : throw ProblemException.Of(
            ProblemCodes.HostNotAllowed,
            $"The server does not answer to '{context.Request.Host.Host}'; the setting 'AllowedHosts' names what it answers to.",
            "Host");

    private static bool IsLocal(string host) =>
        !host.Contains('.')
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || IPAddress.TryParse(host.Trim('[', ']'), out _);
}
