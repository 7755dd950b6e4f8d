using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Sessions.Gateway.Tests;

/// <summary>
/// Reads server-sent events to the letter: LF line ends, one data line a frame, id before event before data, nothing after
/// the last blank line.
/// </summary>
internal sealed class SseReader(Stream stream)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly ArrayBufferWriter<byte> _line = new();
    private int _start;
    private int _end;

    /// <summary>The next frame; null at a clean end. Throws when the connection is reset.</summary>
    public async Task<Frame?> ReadAsync(CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        while (await ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length > 0)
                lines.Add(line);
            else
                return Parse(lines);
        }

        Assert.True(lines.Count == 0, $"The stream ended within a frame: {string.Join('|', lines)}");
        return null;
    }

    private static Frame Parse(List<string> lines)
    {
        if (lines is [['p' or ':', ..] comment])
        {
            Assert.Equal(": ping", comment);
            return new Frame(null, null, default, comment[1..]);
        }

        long? id = null;
        if (lines is [var first, _, _])
        {
            Assert.StartsWith("id: ", first, StringComparison.Ordinal);
            id = long.Parse(first[4..], System.Globalization.CultureInfo.InvariantCulture);
        }

        Assert.True(lines.Count is 2 or 3, $"Not a frame: {string.Join('|', lines)}");
        Assert.StartsWith("event: ", lines[^2], StringComparison.Ordinal);
        Assert.StartsWith("data: ", lines[^1], StringComparison.Ordinal);
        return new Frame(id, lines[^2][7..], JsonElement.Parse(lines[^1][6..]), null);
    }

    private async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        _line.ResetWrittenCount();
        while (true)
        {
            if (_start == _end)
            {
                _start = 0;
                _end = await stream.ReadAsync(_buffer, cancellationToken);
                if (_end == 0)
                {
                    Assert.True(_line.WrittenCount == 0, "The stream ended within a line.");
                    return null;
                }
            }

            var newLine = _buffer.AsSpan(_start.._end).IndexOf((byte)'\n');
            var taken = newLine < 0 ? _end - _start : newLine;
            _line.Write(_buffer.AsSpan(_start, taken));
            _start += taken;
            if (newLine < 0)
                continue;

            _start++;
            var line = Utf8.GetString(_line.WrittenSpan);
            Assert.DoesNotContain('\r', line);
            return line;
        }
    }
}
