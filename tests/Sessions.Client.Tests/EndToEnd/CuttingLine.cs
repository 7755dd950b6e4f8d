using System.Net;
using System.Net.Sockets;

namespace Sessions.Testing.EndToEnd;

/// <summary>
/// A line to a server that is cut again and again: each connection ends with a reset once a random number of bytes has come
/// back over it, wherever in a frame that is.
/// </summary>
internal sealed class CuttingLine : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closed = new();
    private readonly Random _random;
    private readonly Uri _server;
    private readonly (int Least, int Most) _bytes;
    private readonly Task _accepting;
    private int _cuts;

    public CuttingLine(Uri server, int seed, int least, int most)
    {
        _server = server;
        _random = new Random(seed);
        _bytes = (least, most);
        _listener.Start();
        Address = new Uri($"http://{_listener.LocalEndpoint}");
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    public int Cuts => Volatile.Read(ref _cuts);

    public async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync();
        _listener.Stop();
        await _accepting;
        _closed.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                var near = await _listener.AcceptSocketAsync(_closed.Token);
                connections.Add(ConnectAsync(near, _random.Next(_bytes.Least, _bytes.Most)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ConnectAsync(Socket near, int bytes)
    {
        using var far = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using (near)
        {
            try
            {
                await far.ConnectAsync(_server.Host, _server.Port, _closed.Token);
                var there = PumpAsync(near, far, int.MaxValue);
                var back = PumpAsync(far, near, bytes);
                await Task.WhenAny(there, back);
                if (back.IsCompletedSuccessfully && await back == 0)
                    Interlocked.Increment(ref _cuts);

                // Closed with a linger of nothing, a socket resets its connection.
                near.LingerState = far.LingerState = new LingerOption(true, 0);
                near.Close();
                far.Close();
                await Task.WhenAll(there, back);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The line is down.
            }
        }
    }

    /// <returns>How many bytes were left to come when it ended.</returns>
    private async Task<int> PumpAsync(Socket from, Socket to, int bytes)
    {
        var buffer = new byte[4096];
        while (bytes > 0)
        {
            var read = await from.ReceiveAsync(buffer.AsMemory(0, Math.Min(buffer.Length, bytes)), _closed.Token);
            if (read == 0)
                return bytes;

            await to.SendAsync(buffer.AsMemory(0, read), _closed.Token);
            bytes -= read;
        }

        return 0;
    }
}
