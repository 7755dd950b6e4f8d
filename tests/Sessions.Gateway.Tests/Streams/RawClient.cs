using System.Net.Sockets;
using System.Text;

namespace Sessions.Gateway.Tests;

/// <summary>A client on a bare socket, which sees every byte, and how the connection ends.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _deadline = new(Deadlines.Long);
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly Uri _address;

    private RawClient(Uri address, int? receiveBuffer)
    {
        _address = address;
        if (receiveBuffer is { } size)
            _socket.ReceiveBufferSize = size;
    }

    /// <summary>All that was read and not yet taken.</summary>
    public StringBuilder Received { get; } = new();

    public static async Task<RawClient> ConnectAsync(Uri address, int? receiveBuffer = null)
    {
        var client = new RawClient(address, receiveBuffer);
        await client._socket.ConnectAsync(address.Host, address.Port, client._deadline.Token);
        return client;
    }

    public Task GetAsync(string path) => WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {_address.Authority}\r\n\r\n"));

    public Task PostAsync(string path, string body, string contentType = "application/json") => WriteAsync(Encoding.UTF8.GetBytes(
        $"POST {path} HTTP/1.1\r\nHost: {_address.Authority}\r\nContent-Type: {contentType}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"));

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes) => await _socket.SendAsync(bytes, _deadline.Token);

    /// <summary>Reads some bytes; 0 at an end without a reset.</summary>
    public async Task<int> ReadAsync(int max = int.MaxValue)
    {
        var read = await _socket.ReceiveAsync(_buffer.AsMemory(0, Math.Min(max, _buffer.Length)), _deadline.Token);
        Received.Append(Encoding.Latin1.GetString(_buffer, 0, read));
        return read;
    }

    public async Task ReadUntilAsync(string text)
    {
        while (!Received.ToString().Contains(text, StringComparison.Ordinal))
            Assert.True(await ReadAsync() > 0, $"The connection ended before '{text}': {Received}");
    }

    /// <summary>Reads one answer that has a length, and gives its status line.</summary>
    public async Task<string> ReadAnswerAsync()
    {
        await ReadUntilAsync("\r\n\r\n");
        var text = Received.ToString();
        var head = text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        var at = text.IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase);
        Assert.True(at >= 0 && at < head, text);
        var length = int.Parse(text[(at + 16)..text.IndexOf('\r', at)], System.Globalization.CultureInfo.InvariantCulture);
        while (Received.Length < head + length)
            Assert.True(await ReadAsync() > 0, $"The connection ended within an answer: {Received}");

        Received.Remove(0, head + length);
        return text[..text.IndexOf('\r', StringComparison.Ordinal)];
    }

    /// <summary>Reads on to the end. True when it was a reset, and no last chunk came.</summary>
    public async Task<bool> IsResetAsync()
    {
        try
        {
            while (await ReadAsync() > 0)
            {
            }

            return false;
        }
        catch (SocketException)
        {
            return !Received.ToString().EndsWith("0\r\n\r\n", StringComparison.Ordinal);
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        _deadline.Dispose();
    }
}
