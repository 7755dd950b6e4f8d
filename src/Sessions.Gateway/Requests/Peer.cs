using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Sessions.Gateway;

/// <summary>Who is at the other end of a request's connection.</summary>
internal static class Peer
{
    /// <summary>
    /// Whether the connection was closed by it. On a busy machine the server learns of that late, while the socket knows it
    /// at once.
    /// </summary>
    public static bool IsGone(HttpContext context)
    {
        if (context.RequestAborted.IsCancellationRequested)
            return true;
        if (context.Features.Get<IConnectionSocketFeature>()?.Socket is not { } socket)
            return false;

        try
        {
            return socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return true;
        }
    }
}
