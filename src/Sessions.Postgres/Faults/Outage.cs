namespace Sessions.Postgres;

/// <summary>
/// Whether the database is away. What fails is tried again for a while after the first failure, so that a cut connection or a
/// restart is seen by nobody; once nothing has worked for that long, whoever fails is told at once, until something works.
/// </summary>
internal sealed class Outage(TimeProvider timeProvider, TimeSpan patience)
{
    private const long None = -1;

    private long _since = None;

    /// <summary>Something worked.</summary>
    public void End()
    {
        if (Volatile.Read(ref _since) != None)
            Volatile.Write(ref _since, None);
    }

    /// <summary>Something failed, most likely since the database is away.</summary>
    /// <returns>True while it is worth another try.</returns>
    public bool Failed()
    {
        var now = timeProvider.GetTimestamp();
        var since = Interlocked.CompareExchange(ref _since, now, None);
        return since == None || timeProvider.GetElapsedTime(since, now) < patience;
    }
}
