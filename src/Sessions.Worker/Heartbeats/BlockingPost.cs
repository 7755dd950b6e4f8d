using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Sessions.Worker;

/// <summary>
/// One request over a connection of its own, all of it on the calling thread: even HttpClient's synchronous calls open their
/// connections on the thread pool. Goes straight to the server, through no proxy.
/// </summary>
internal static class BlockingPost
{
    /// <summary>Posts JSON.</summary>
    /// <param name="address">Where to.</param>
    /// <param name="hosts">The addresses of its host, tried one after the other.</param>
    /// <param name="body">The JSON.</param>
    /// <param name="deadline">By when the whole answer has to be there.</param>
    /// <returns>The status and the body of the answer.</returns>
    /// <exception cref="TimeoutException">It was not there in time; an <see cref="IOException"/> may say so too.</exception>
    public static (int Status, byte[] Body) Send(Uri address, IReadOnlyList<IPAddress> hosts, byte[] body, Deadline deadline)
    {
        using var socket = Connect(hosts, address.Port, deadline);
        using var stream = Open(socket, address, deadline);
        var head = string.Create(CultureInfo.InvariantCulture,
            $"POST {address.PathAndQuery} HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n");
        stream.Write([.. Encoding.ASCII.GetBytes(head), .. body]);
        return new BlockingAnswer(stream).Read();
    }

    /// <summary>A host may have an address that nobody listens on, as <c>localhost</c> often has.</summary>
    private static Socket Connect(IReadOnlyList<IPAddress> hosts, int port, Deadline deadline)
    {
        Exception? failure = null;
        for (var at = 0; at < hosts.Count; at++)
        {
            try
            {
                // Shared out, so that one that does not answer leaves time for the next.
                return Connect(hosts[at], port, deadline.Left / (hosts.Count - at));
            }
            catch (SocketException exception)
            {
                failure = exception;
            }
        }

        throw new IOException("No address of the host took the connection.", failure);
    }

    private static Socket Connect(IPAddress host, int port, TimeSpan timeout)
    {
        var socket = new Socket(host.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.NoDelay = true;
            socket.Blocking = false;
            try
            {
                socket.Connect(host, port);
            }
            catch (SocketException waiting) when (waiting.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                if (!socket.Poll(timeout, SelectMode.SelectWrite))
                    throw new SocketException((int)SocketError.TimedOut);
                if (socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error) is int error and not 0)
                    throw new SocketException(error);
            }

            socket.Blocking = true;
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Stream Open(Socket socket, Uri address, Deadline deadline)
    {
        var stream = new BoundedStream(socket, deadline);
        if (address.Scheme != Uri.UriSchemeHttps)
            return stream;

        var secure = new SslStream(stream);
        secure.AuthenticateAsClient(new SslClientAuthenticationOptions
        {
            TargetHost = address.DnsSafeHost,

            // Fetching what a chain lacks would need the pool, and more time than there is.
            CertificateChainPolicy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true },
        });
        return secure;
    }
}
