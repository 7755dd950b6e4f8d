using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Sessions.Worker;

/// <summary>
/// Reads one HTTP/1.1 answer, up to its end as it says itself: by its length, by its last chunk, or by the connection's end. A
/// server may keep the connection open although it was asked to close it.
/// </summary>
internal sealed class BlockingAnswer(Stream stream)
{
    /// <summary>Answers to heartbeats are one small JSON object.</summary>
    private const int Longest = 64 * 1024;

    private byte[] _buffer = new byte[4096];
    private int _filled;
    private int _at;

    public (int Status, byte[] Body) Read()
    {
        var (status, length, chunked) = Head();
        while (status is >= 100 and < 200)
            (status, length, chunked) = Head();

        return (status, status is 204 or 304 ? [] : chunked ? Chunks() : length is { } bytes ? Take(bytes) : Rest());
    }

    private (int Status, int? Length, bool Chunked) Head()
    {
        var line = Line();
        if (!line.StartsWith("HTTP/1.", StringComparison.Ordinal) || line.Length < 12
            || !int.TryParse(line.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status))
            throw new IOException("The answer is not HTTP.");

        int? length = null;
        var chunked = false;
        while ((line = Line()).Length > 0)
        {
            var (name, value) = line.Split(':', 2) is [var before, var after] ? (before, after.Trim()) : (line, "");
            if (name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
                length = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : throw TooLong();
            else if (name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase))
                chunked = value.EndsWith("chunked", StringComparison.OrdinalIgnoreCase);
        }

        return (status, length, chunked);
    }

    private byte[] Chunks()
    {
        var body = new MemoryStream();
        while (Size(Line()) is > 0 and var size)
        {
            if (body.Length + size > Longest)
                throw TooLong();

            body.Write(Take(size));
            Line();
        }

        // What may follow the last chunk says nothing here.
        return body.ToArray();
    }

    private static int Size(string line) =>
        Utf8Parser.TryParse(Encoding.ASCII.GetBytes(line), out int size, out var digits, 'x') && digits > 0 && size >= 0
            ? size
            : throw new IOException("The answer has a chunk without a size.");

    private byte[] Take(int length)
    {
        if (length > Longest)
            throw TooLong();

        while (_filled - _at < length)
            Fill();

        var taken = _buffer[_at..(_at + length)];
        _at += length;
        return taken;
    }

    private byte[] Rest()
    {
        while (TryFill())
        {
        }

        return Take(_filled - _at);
    }

    private string Line()
    {
        int length;
        while ((length = _buffer.AsSpan(_at, _filled - _at).IndexOf("\r\n"u8)) < 0)
            Fill();

        var line = Encoding.ASCII.GetString(_buffer, _at, length);
        _at += length + 2;
        return line;
    }

    private void Fill()
    {
        if (!TryFill())
            throw new IOException("The connection was closed before the answer was whole.");
    }

    /// <summary>False at the end of the connection.</summary>
    private bool TryFill()
    {
        if (_filled >= 2 * Longest)
            throw TooLong();
        if (_filled == _buffer.Length)
            Array.Resize(ref _buffer, 2 * _buffer.Length);

        var read = stream.Read(_buffer, _filled, _buffer.Length - _filled);
        _filled += read;
        return read > 0;
    }

    private static IOException TooLong() => new("The answer is too long to be one to a heartbeat.");
}
