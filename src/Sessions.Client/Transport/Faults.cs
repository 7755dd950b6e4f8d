using System.Net;

namespace Sessions.Client;

/// <summary>Which faults pass by themselves.</summary>
internal static class Faults
{
    /// <summary>
    /// True for what a broken, silent or refused connection throws. The caller's cancellation looks the same and has to
    /// be asked after.
    /// </summary>
    public static bool IsTransport(Exception exception) =>
        exception is HttpRequestException or IOException or TimeoutException or OperationCanceledException;

    /// <summary>False only when no byte of the request can have reached the server.</summary>
    public static bool MayHaveArrived(Exception exception) =>
        exception is not HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
                or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError
        };

    /// <summary>True for a replica that can't answer now, said by itself or by a proxy before it.</summary>
    public static bool IsUnavailable(HttpStatusCode status) =>
        status is HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout;
}
