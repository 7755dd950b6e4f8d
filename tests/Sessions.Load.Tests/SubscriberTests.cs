using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sessions.Load.Tests;

/// <summary>A load's subscriber finds what it is there to find, on a stream that it reads from a socket.</summary>
public sealed class SubscriberTests
{
    [Fact]
    public async Task A_whole_stream_is_in_order()
    {
        var subscriber = await ReadAsync(Synchronized, Delta(1), Delta(2), Completed(3));
        Assert.Equal((null, 2L), (subscriber.Fault, subscriber.Received));
    }

    [Fact]
    public async Task A_lost_event_is_found() =>
        Assert.Equal("subscriber of session 0: seq 3 follows 1", (await ReadAsync(Synchronized, Delta(1), Delta(3), Completed(4))).Fault);

    [Fact]
    public async Task A_doubled_event_is_found() =>
        Assert.Equal("subscriber of session 0: seq 2 follows 2", (await ReadAsync(Synchronized, Delta(1), Delta(2), Delta(2), Completed(3))).Fault);

    [Fact]
    public async Task Events_out_of_order_are_found() =>
        Assert.Equal("subscriber of session 0: seq 2 follows 0", (await ReadAsync(Synchronized, Delta(2), Delta(1), Completed(3))).Fault);

    [Fact]
    public async Task A_stream_that_ends_early_is_found() =>
        Assert.StartsWith("subscriber of session 0: stopped at seq 1", (await ReadAsync(Synchronized, Delta(1))).Fault, StringComparison.Ordinal);

    private static string Synchronized => "event: synchronized\ndata: {\"lastSeq\":0}\n\n";

    private static string Delta(long seq) => Frame(seq, "run.delta", $$"""{"text":"{{DeltaText.Now()}}"}""");

    private static string Completed(long seq) => Frame(seq, "run.completed", "{}");

    private static string Frame(long seq, string name, string data) =>
        string.Create(CultureInfo.InvariantCulture, $"id: {seq}\nevent: {name}\ndata: {data}\n\n");

    private static async Task<Subscriber> ReadAsync(params string[] frames)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, frames, patience.Token);
        using var subscriber = new Subscriber(0, new Latencies());
        await subscriber.StartAsync((IPEndPoint)listener.LocalEndpoint, "/", patience.Token);
        await subscriber.EndAsync();
        await serving;
        return subscriber;
    }

    private static async Task ServeAsync(TcpListener listener, string[] frames, CancellationToken cancellationToken)
    {
        using var socket = await listener.AcceptSocketAsync(cancellationToken);
        await socket.ReceiveAsync(new byte[4096], cancellationToken);
        var body = string.Concat(frames);
        await socket.SendAsync(
            Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n{body}\r\n"), cancellationToken);
        socket.Shutdown(SocketShutdown.Send);
    }
}
