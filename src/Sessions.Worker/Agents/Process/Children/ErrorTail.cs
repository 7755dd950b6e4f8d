using System.Text;

namespace Sessions.Worker;

/// <summary>Reads a child's standard error as fast as it comes and keeps the end of it.</summary>
internal sealed class ErrorTail
{
    internal const int Bytes = 4 * 1024;

    private readonly Lock _lock = new();
    private readonly byte[] _kept = new byte[Bytes];
    private readonly Task _reading;
    private long _written;

    public ErrorTail(ChildOutput errors) => _reading = ReadAsync(errors);

    /// <summary>The last 4 KiB so far; an ellipsis stands for what was before.</summary>
    public string Text
    {
        get
        {
            lock (_lock)
            {
                var at = (int)(_written % Bytes);
                if (_written <= Bytes)
                    return Encoding.UTF8.GetString(_kept.AsSpan(0, (int)_written)).Trim();

                byte[] inOrder = [.. _kept.AsSpan(at), .. _kept.AsSpan(0, at)];
                var start = 0;
                while (start < 3 && (inOrder[start] & 0xC0) == 0x80)
                    start++;
                return $"…{Encoding.UTF8.GetString(inOrder.AsSpan(start)).Trim()}";
            }
        }
    }

    /// <summary>The text once the child has exited.</summary>
    public async Task<string> EndAsync()
    {
        await _reading;
        return Text;
    }

    private async Task ReadAsync(ChildOutput errors)
    {
        var buffer = new byte[Bytes];
        try
        {
            while (await errors.ReadAsync(buffer, CancellationToken.None) is > 0 and var read)
                Keep(buffer.AsSpan(0, read));
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
        }
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            foreach (var value in bytes)
                _kept[_written++ % Bytes] = value;
        }
    }
}
