using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Sessions.Worker;

/// <summary>
/// One request over a connection of its own, all of it on the calling thread: even HttpClient's synchronous calls open their
/// connections on the thread pool.
/// </summary>
internal static class BlockingPost
{
    private const int LongestAnswer = 64 * 1024;

    /// <summary>Posts JSON.</summary>
    /// <returns>The status, and the JSON object of the answer; empty when there is none.</returns>
    public static (int Status, byte[] Json) Send(Uri address, byte[] body, TimeSpan timeout)
    {
        using var socket = Connect(address, timeout);
        using var stream = Open(socket, address);
        stream.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"POST {address.PathAndQuery} HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n")));
        stream.Write(body);
        return Parse(Read(stream));
    }

    private static Socket Connect(Uri address, TimeSpan timeout)
    {
        var targets = IPAddress.TryParse(address.DnsSafeHost, out var ip) ? [ip] : Dns.GetHostAddresses(address.DnsSafeHost);
        var socket = new Socket(targets[0].AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.NoDelay = true;
            socket.Blocking = false;
            try
            {
                socket.Connect(targets[0], address.Port);
            }
            catch (SocketException waiting) when (waiting.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                if (!socket.Poll(timeout, SelectMode.SelectWrite))
                    throw new SocketException((int)SocketError.TimedOut);
            }

            socket.Blocking = true;
            socket.SendTimeout = socket.ReceiveTimeout = Math.Max(1, (int)timeout.TotalMilliseconds);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Stream Open(Socket socket, Uri address)
    {
        var stream = new NetworkStream(socket);
        if (address.Scheme != Uri.UriSchemeHttps)
            return stream;

        var secure = new SslStream(stream);
        secure.AuthenticateAsClient(address.DnsSafeHost);
        return secure;
    }

    private static byte[] Read(Stream stream)
    {
        using var answer = new MemoryStream();
        var buffer = new byte[4096];
        for (int read; (read = stream.Read(buffer)) > 0 && answer.Length < LongestAnswer;)
            answer.Write(buffer, 0, read);

        return answer.ToArray();
    }

    /// <summary>The answers here are one small JSON object, whether they come in chunks or not.</summary>
    private static (int Status, byte[] Json) Parse(byte[] answer)
    {
        var head = answer.AsSpan().IndexOf("\r\n\r\n"u8);
        if (head < 12 || !int.TryParse(answer.AsSpan(9, 3), CultureInfo.InvariantCulture, out var status))
            throw new IOException("The answer is not HTTP.");

        var body = answer.AsSpan(head);
        var (from, to) = (body.IndexOf((byte)'{'), body.LastIndexOf((byte)'}'));
        return (status, from < 0 || to < from ? [] : body[from..(to + 1)].ToArray());
    }
}
