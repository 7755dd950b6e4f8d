namespace Sessions.Worker;

/// <summary>When something has to be over, however many steps it takes.</summary>
internal sealed class Deadline(TimeSpan time, TimeProvider timeProvider)
{
    private readonly long _from = timeProvider.GetTimestamp();

    /// <summary>What is left.</summary>
    /// <exception cref="TimeoutException">Nothing is.</exception>
    public TimeSpan Left => time - timeProvider.GetElapsedTime(_from) is var left && left > TimeSpan.Zero
        ? left
        : throw new TimeoutException($"It took longer than {time}.");

    /// <summary>What is left, as a socket's timeout: rounded up, since 0 is for ever.</summary>
    public int LeftMilliseconds => (int)Math.Ceiling(Left.TotalMilliseconds);
}
