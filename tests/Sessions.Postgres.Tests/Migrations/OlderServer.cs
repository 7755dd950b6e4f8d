using System.Net;
using System.Net.Sockets;

namespace Sessions.Postgres.Tests;

/// <summary>A way to a server on which the server calls itself PostgreSQL 14, since no such server is at hand. For one connection.</summary>
internal sealed class OlderServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closed = new();
    private readonly Task _relaying;

    public OlderServer(string host, int port)
    {
        _listener.Start();
        _relaying = RelayAsync(host, port);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync();
        _listener.Stop();
        await _relaying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _closed.Dispose();
    }

    private async Task RelayAsync(string host, int port)
    {
        using var near = await _listener.AcceptTcpClientAsync(_closed.Token);
        using var far = new TcpClient();
        await far.ConnectAsync(host, port, _closed.Token);
        var asked = near.GetStream().CopyToAsync(far.GetStream(), _closed.Token);
        var buffer = new byte[64 * 1024];
        while (await far.GetStream().ReadAsync(buffer, _closed.Token) is > 0 and var read)
        {
            // The server sends its parameters at once, in one piece.
            var at = buffer.AsSpan(0, read).IndexOf("server_version\0"u8);
            if (at >= 0)
                "14"u8.CopyTo(buffer.AsSpan(at + "server_version\0".Length));

            await near.GetStream().WriteAsync(buffer.AsMemory(0, read), _closed.Token);
        }

        near.Close();
        await asked;
    }
}
