using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Sessions.Gateway.Tests;

public sealed class PeerTests
{
    [Fact]
    public async Task Who_has_closed_the_connection_is_gone_though_the_server_has_not_noticed()
    {
        using var peer = new TcpClient();
        using var accepted = await ConnectAsync(peer);
        var context = ContextOf(accepted);

        Assert.False(Peer.IsGone(context));
        await peer.GetStream().WriteAsync("x"u8.ToArray());
        Assert.True(accepted.Poll(TimeSpan.FromSeconds(10), SelectMode.SelectRead));
        Assert.False(Peer.IsGone(context));
        accepted.Receive(new byte[1]);
        peer.Close();
        Assert.True(accepted.Poll(TimeSpan.FromSeconds(10), SelectMode.SelectRead));
        Assert.True(Peer.IsGone(context));

        accepted.Dispose();
        Assert.True(Peer.IsGone(context));
    }

    [Fact]
    public async Task Who_sends_the_next_request_while_the_server_reads_is_not_gone()
    {
        using var peer = new TcpClient();
        using var accepted = await ConnectAsync(peer);
        var context = ContextOf(accepted);

        var sending = Task.Run(async () =>
        {
            for (var n = 0; n < 20_000; n++)
                await peer.GetStream().WriteAsync("x"u8.ToArray());
        });
        var reading = Task.Run(async () =>
        {
            for (var read = 0; read < 20_000;)
                read += await accepted.ReceiveAsync(new byte[1]);
        });
        var looks = 0;
        for (; !reading.IsCompleted; looks++)
            Assert.False(Peer.IsGone(context), $"look {looks}");

        await Task.WhenAll(sending, reading);
        Assert.True(looks > 0);
    }

    [Fact]
    public void Who_has_no_socket_is_there_until_the_request_is_aborted()
    {
        var context = new DefaultHttpContext();
        Assert.False(Peer.IsGone(context));
        context.RequestAborted = new CancellationToken(canceled: true);
        Assert.True(Peer.IsGone(context));
    }

    /// <summary>The server's end of a connection.</summary>
    private static async Task<Socket> ConnectAsync(TcpClient peer)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await peer.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        return await listener.AcceptSocketAsync();
    }

    private static DefaultHttpContext ContextOf(Socket socket)
    {
        var context = new DefaultHttpContext();
        context.Features.Set<IConnectionSocketFeature>(new Accepted(socket));
        return context;
    }

    private sealed class Accepted(Socket socket) : IConnectionSocketFeature
    {
        public Socket Socket => socket;
    }
}
