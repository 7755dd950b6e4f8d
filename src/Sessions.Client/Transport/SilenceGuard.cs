namespace Sessions.Client;

/// <summary>A response body that counts as broken when it brings nothing for too long. Pings count as something.</summary>
internal sealed class SilenceGuard : Stream
{
    private readonly Stream _body;
    private readonly TimeSpan _limit;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _silence;
    private readonly CancellationTokenSource _either;

    public SilenceGuard(Stream body, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        _body = body;
        _limit = limit;
        _time = time;
        LastHeard = time.GetTimestamp();
        _silence = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _silence.Token);
    }

    /// <summary>When something came last, as a timestamp of the clock.</summary>
    public long LastHeard { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _silence.CancelAfter(_limit);
        try
        {
            var count = await _body.ReadAsync(buffer, _either.Token);
            LastHeard = _time.GetTimestamp();
            return count;
        }
        catch (OperationCanceledException e) when (_silence.IsCancellationRequested)
        {
            throw new TimeoutException($"Nothing came for {_limit.TotalSeconds:0.#} s, not even a ping.", e);
        }
        finally
        {
            _silence.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _either.Dispose();
            _silence.Dispose();
            _body.Dispose();
        }

        base.Dispose(disposing);
    }
}
