namespace Sessions.Load;

/// <summary>How many answers there were, and how large.</summary>
internal sealed class WireCount
{
    private long _answers;
    private long _bytes;

    public long Answers => Interlocked.Read(ref _answers);

    public long Bytes => Interlocked.Read(ref _bytes);

    public void Add(int bytes)
    {
        Interlocked.Increment(ref _answers);
        Interlocked.Add(ref _bytes, bytes);
    }
}
