using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sessions.Load;

/// <summary>
/// One HTTP/1.1 connection, one request at a time, over a raw socket: a general client would cost as much as the server
/// that is to be measured. Reads answers with a length; those of event streams are <see cref="SseReader"/>'s.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] _request = new byte[4096];
    private byte[] _answer = new byte[16 * 1024];

    public static async Task<HttpConnection> ConnectAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        var connection = new HttpConnection();
        await connection._socket.ConnectAsync(address, cancellationToken);
        return connection;
    }

    /// <summary>Posts a JSON body.</summary>
    /// <returns>The answer; its body is good until the next request.</returns>
    public ValueTask<HttpAnswer> PostAsync(string path, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"POST {path} HTTP/1.1\r\nHost: load\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n");
        if (_request.Length < head.Length + body.Length)
            _request = new byte[2 * (head.Length + body.Length)];

        var length = Encoding.ASCII.GetBytes(head, _request);
        body.Span.CopyTo(_request.AsSpan(length));
        return ExchangeAsync(length + body.Length, cancellationToken);
    }

    public ValueTask<HttpAnswer> GetAsync(string path, CancellationToken cancellationToken) =>
        ExchangeAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: load\r\n\r\n", _request), cancellationToken);

    public void Dispose() => _socket.Dispose();

    private async ValueTask<HttpAnswer> ExchangeAsync(int length, CancellationToken cancellationToken)
    {
        var sent = 0;
        while (sent < length)
            sent += await _socket.SendAsync(_request.AsMemory(sent, length - sent), SocketFlags.None, cancellationToken);

        var filled = 0;
        while (true)
        {
            if (filled == _answer.Length)
                Array.Resize(ref _answer, 2 * _answer.Length);

            var read = await _socket.ReceiveAsync(_answer.AsMemory(filled), SocketFlags.None, cancellationToken);
            if (read == 0)
                throw new IOException("The server closed the connection.");

            filled += read;
            if (Complete(filled) is { } answer)
                return answer;
        }
    }

    private HttpAnswer? Complete(int filled)
    {
        var head = _answer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
        if (head < 0)
            return null;

        var status = int.Parse(_answer.AsSpan("HTTP/1.1 ".Length, 3), CultureInfo.InvariantCulture);
        var length = ContentLength(_answer.AsSpan(0, head));
        return filled >= head + 4 + length ? new HttpAnswer(status, _answer.AsMemory(head + 4, length)) : null;
    }

    private static int ContentLength(ReadOnlySpan<byte> head)
    {
        var at = head.IndexOf("Content-Length: "u8);
        if (at < 0)
            return 0;

        var rest = head[(at + "Content-Length: ".Length)..];
        var end = rest.IndexOf((byte)'\r');
        return int.Parse(end < 0 ? rest : rest[..end], CultureInfo.InvariantCulture);
    }
}

/// <summary>An answer.</summary>
internal readonly record struct HttpAnswer(int Status, ReadOnlyMemory<byte> Body)
{
    /// <summary>Itself, when the status is as expected.</summary>
    public HttpAnswer Expect(int status, string request) => Status == status
        ? this
        : throw new InvalidDataException($"{request} was answered {Status}: {Encoding.UTF8.GetString(Body.Span)}");
}
