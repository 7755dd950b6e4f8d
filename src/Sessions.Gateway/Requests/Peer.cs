using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Sessions.Gateway;

/// <summary>Who is at the other end of a request's connection.</summary>
internal static class Peer
{
    private const int TcpLevel = 6;
    private const int TcpInfo = 11;
    private const byte Established = 1;

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
            return IsClosed(socket);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return true;
        }
    }

    /// <summary>
    /// The connection's state, where it can be asked for: to find the socket readable and then empty may also mean that the
    /// server has read a next request in between.
    /// </summary>
    private static bool IsClosed(Socket socket)
    {
        if (!OperatingSystem.IsLinux() || socket.ProtocolType != ProtocolType.Tcp)
            return socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0;

        Span<byte> state = stackalloc byte[1];
        socket.GetRawSocketOption(TcpLevel, TcpInfo, state);
        return state[0] != Established;
    }
}
