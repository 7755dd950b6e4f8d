using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sessions.Worker.Tests;

/// <summary>A server that answers each connection with the same bytes, piece by piece, whatever it is asked.</summary>
internal sealed class RawServer : IDisposable
{
    private readonly TcpListener _listener;
    private readonly ConcurrentBag<Socket> _open = [];
    private readonly string[] _pieces;
    private readonly bool _closes;
    private int _connections;

    /// <summary>Starts it.</summary>
    /// <param name="closes">Whether it closes a connection that it has answered; else it is left open.</param>
    /// <param name="pieces">The answer; with none it never answers.</param>
    public RawServer(bool closes, params string[] pieces)
        : this(IPAddress.Loopback, closes, pieces)
    {
    }

    private RawServer(IPAddress address, bool closes, string[] pieces)
    {
        _closes = closes;
        _pieces = pieces;
        _listener = new TcpListener(address, 0);
        _listener.Start();

        // Threads of its own: a test may have blocked the pool.
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public Uri Address => new($"http://127.0.0.1:{Port}/");

    /// <summary>How many connections came.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>The requests, as they came.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public static string Ok(string json) =>
        $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {json.Length}\r\n\r\n{json}";

    public void Dispose()
    {
        _listener.Stop();
        foreach (var socket in _open)
            socket.Dispose();
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                var socket = _listener.AcceptSocket();
                Interlocked.Increment(ref _connections);
                _open.Add(socket);
                new Thread(() => Serve(socket)) { IsBackground = true }.Start();
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // It is stopped.
        }
    }

    private void Serve(Socket socket)
    {
        try
        {
            socket.NoDelay = true;
            var buffer = new byte[16 * 1024];
            Requests.Enqueue(Encoding.ASCII.GetString(buffer, 0, socket.Receive(buffer)));
            foreach (var piece in _pieces)
            {
                socket.Send(Encoding.ASCII.GetBytes(piece));
                Thread.Yield();
            }

            if (_closes)
                socket.Dispose();
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The other side has gone, or it is stopped.
        }
    }
}
