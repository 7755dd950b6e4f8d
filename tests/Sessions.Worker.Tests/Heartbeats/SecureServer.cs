using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Sessions.Worker.Tests;

/// <summary>A server with a certificate that nobody vouches for, for one connection.</summary>
internal sealed class SecureServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate;
    private readonly Thread _thread;
    private string _heard = "";

    public SecureServer()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        _certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        _listener.Start();
        _thread = new Thread(Serve) { IsBackground = true };
        _thread.Start();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What it was told, once the connection is over.</summary>
    public string Heard()
    {
        _thread.Join();
        return _heard;
    }

    public void Dispose()
    {
        _listener.Stop();
        _thread.Join();
        _certificate.Dispose();
    }

    private void Serve()
    {
        try
        {
            using var socket = _listener.AcceptSocket();
            using var stream = new SslStream(new NetworkStream(socket));
            stream.AuthenticateAsServer(_certificate);
            var buffer = new byte[4096];
            for (int read; (read = stream.Read(buffer)) > 0;)
                _heard += Encoding.ASCII.GetString(buffer, 0, read);
        }
        catch (Exception exception) when (exception is SocketException or IOException or AuthenticationException or ObjectDisposedException)
        {
            // The other side has gone.
        }
    }
}
