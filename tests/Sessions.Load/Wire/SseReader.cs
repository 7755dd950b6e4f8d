using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sessions.Load;

/// <summary>
/// Reads a stream of events over a raw socket, with one buffer and nothing allocated per event. A frame is looked at where
/// it lies: its id, its name and its data.
/// </summary>
internal sealed class SseReader : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly Dechunker _dechunker = new();
    private byte[] _buffer = new byte[8 * 1024];
    private bool _headRead;

    /// <summary>Sees a frame; false when nothing more is to be read.</summary>
    public delegate bool FrameReader(SseFrame frame);

    /// <summary>Opens the stream and reads it until the reader has enough.</summary>
    public async Task ReadAsync(IPEndPoint address, string path, FrameReader reader, CancellationToken cancellationToken)
    {
        await _socket.ConnectAsync(address, cancellationToken);
        await _socket.SendAsync(
            Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: load\r\nAccept: text/event-stream\r\n\r\n"), cancellationToken);
        var filled = 0;
        while (true)
        {
            if (filled == _buffer.Length)
                Array.Resize(ref _buffer, 2 * _buffer.Length);

            var read = await _socket.ReceiveAsync(_buffer.AsMemory(filled), SocketFlags.None, cancellationToken);
            if (read == 0)
                throw new IOException($"The stream {path} was closed.");

            if (!_headRead)
            {
                filled += read;
                if (!TakeHead(ref filled, path))
                    continue;
            }
            else
            {
                filled += _dechunker.Unwrap(_buffer.AsSpan(filled, read));
            }

            if (!Frames(ref filled, reader))
                return;
        }
    }

    public void Dispose() => _socket.Dispose();

    private bool TakeHead(ref int filled, string path)
    {
        var head = _buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
        if (head < 0)
            return false;

        if (!_buffer.AsSpan(0, head).StartsWith("HTTP/1.1 200"u8))
            throw new IOException($"The stream {path} was refused: {Encoding.ASCII.GetString(_buffer, 0, filled)}");

        _headRead = true;
        var rest = _buffer.AsSpan((head + 4)..filled);
        var data = _dechunker.Unwrap(rest);
        rest[..data].CopyTo(_buffer);
        filled = data;
        return true;
    }

    private bool Frames(ref int filled, FrameReader reader)
    {
        var from = 0;
        while (true)
        {
            var length = _buffer.AsSpan(from, filled - from).IndexOf("\n\n"u8);
            if (length < 0)
                break;

            if (!reader(SseFrame.Parse(_buffer.AsSpan(from, length))))
                return false;

            from += length + 2;
        }

        _buffer.AsSpan(from, filled - from).CopyTo(_buffer);
        filled -= from;
        return true;
    }
}

/// <summary>A frame; a comment has neither name nor data.</summary>
/// <param name="Id">Its id; 0 without one.</param>
/// <param name="Name">Its event's name.</param>
/// <param name="Data">Its data.</param>
internal readonly ref struct SseFrame(long Id, ReadOnlySpan<byte> Name, ReadOnlySpan<byte> Data)
{
    public long Id { get; } = Id;

    public ReadOnlySpan<byte> Name { get; } = Name;

    public ReadOnlySpan<byte> Data { get; } = Data;

    public static SseFrame Parse(ReadOnlySpan<byte> frame)
    {
        var id = 0L;
        var name = ReadOnlySpan<byte>.Empty;
        while (!frame.IsEmpty)
        {
            var end = frame.IndexOf((byte)'\n');
            var line = end < 0 ? frame : frame[..end];
            if (line.StartsWith("data: "u8))
                return new SseFrame(id, name, line["data: ".Length..]);

            if (line.StartsWith("id: "u8))
                id = long.Parse(line["id: ".Length..], CultureInfo.InvariantCulture);
            else if (line.StartsWith("event: "u8))
                name = line["event: ".Length..];

            frame = end < 0 ? default : frame[(end + 1)..];
        }

        return new SseFrame(id, name, default);
    }
}
