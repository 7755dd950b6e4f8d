using System.Runtime.CompilerServices;
using Sessions.Protocol;

namespace Sessions.Worker;

/// <summary>Reads lines, the last one also without its end. Memory is bounded by the longest line that is allowed.</summary>
internal static class LineReader
{
    /// <summary>As of a request's body over HTTP: room for the largest item with nearly everything escaped.</summary>
    internal const int LineBytes = Limits.BodyBytes;

    private const int FirstBytes = 16 * 1024;

    /// <summary>The lines without their ends; each is valid until the next is asked for. Blank ones are left out.</summary>
    /// <exception cref="AgentException">A line is too long.</exception>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        ChildOutput output, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = new byte[FirstBytes];
        var (start, scanned, end) = (0, 0, 0);
        while (true)
        {
            var length = buffer.AsSpan(scanned, end - scanned).IndexOf((byte)'\n');
            if (length >= 0)
            {
                var line = buffer.AsMemory(start, scanned + length - start);
                start = scanned = scanned + length + 1;
                if (!IsBlank(line.Span))
                    yield return line;
                continue;
            }

            if (end - start > LineBytes)
                throw new AgentException(WorkerErrorCodes.OutputTooLarge, $"The process wrote a line of over {LineBytes} bytes.");

            buffer = WithRoom(buffer, start, end);
            (start, scanned, end) = (0, end - start, end - start);
            var read = await output.ReadAsync(buffer.AsMemory(end), cancellationToken);
            if (read == 0)
                break;
            end += read;
        }

        var rest = buffer.AsMemory(start, end - start);
        if (!IsBlank(rest.Span))
            yield return rest;
    }

    /// <summary>What is still to be read at the beginning of a buffer with space behind it.</summary>
    private static byte[] WithRoom(byte[] buffer, int start, int end)
    {
        var length = end - start;
        var target = length > buffer.Length / 2 ? new byte[buffer.Length * 2]
            : length == 0 && buffer.Length > 16 * FirstBytes ? new byte[FirstBytes]
            : buffer;
        buffer.AsSpan(start, length).CopyTo(target);
        return target;
    }

    private static bool IsBlank(ReadOnlySpan<byte> line) => line.IndexOfAnyExcept(" \t\r"u8) < 0;
}
