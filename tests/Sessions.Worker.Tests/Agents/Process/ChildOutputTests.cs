using System.IO.Pipes;
using System.Text;

namespace Sessions.Worker.Tests;

public sealed class ChildOutputTests
{
    [Fact]
    public async Task What_a_child_left_is_read_however_late_the_reader_comes()
    {
        using var writes = new AnonymousPipeServerStream(PipeDirection.Out);
        await writes.WriteAsync("why"u8.ToArray());
        using var read = new ChildOutput(Reader(writes), Task.CompletedTask, new LateReader());
        var buffer = new byte[2];
        var text = new StringBuilder();
        while (await read.ReadAsync(buffer, CancellationToken.None) is > 0 and var count)
            text.Append(Encoding.UTF8.GetString(buffer, 0, count));

        // The pipe is still open: a descendant of the child's may hold it for ever.
        Assert.Equal("why", text.ToString());
    }

    private static AnonymousPipeClientStream Reader(AnonymousPipeServerStream writes) => new(PipeDirection.In, writes.ClientSafePipeHandle);

    /// <summary>Every wait is over at once, as for a thread that gets to run long after its timers were due.</summary>
    private sealed class LateReader : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            callback(state);
            return new Over();
        }

        private sealed class Over : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => default;
        }
    }
}
