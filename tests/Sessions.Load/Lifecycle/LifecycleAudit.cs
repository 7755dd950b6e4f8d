namespace Sessions.Load;

/// <summary>Audits every session of a round, several at a time.</summary>
internal static class LifecycleAudit
{
    public static async Task<IReadOnlyList<string>> RunAsync(
        LifecycleRound round, Func<string, SessionAudit, CancellationToken, Task> readLog, CancellationToken cancellationToken)
    {
        var faults = new List<string>();
        await Parallel.ForEachAsync(round.Accepted.GroupBy(ticket => ticket.Session), cancellationToken, async (session, cancellation) =>
        {
            var audit = new SessionAudit(session.Key, session.Select(ticket => ticket.Run));
            await readLog(session.Key, audit, cancellation);
            lock (faults)
                faults.AddRange(audit.Faults());
        });
        return faults;
    }
}
