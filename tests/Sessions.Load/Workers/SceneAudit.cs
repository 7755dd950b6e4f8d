using System.Globalization;
using System.Net;

namespace Sessions.Load;

/// <summary>Which runs a scenario had accepted, and whether each session's log, read through a server, says the same.</summary>
internal sealed class SceneAudit
{
    private readonly List<(string Session, string Run)> _accepted = [];

    /// <summary>A run was accepted; from any thread.</summary>
    public void Accepted(string session, string run)
    {
        lock (_accepted)
            _accepted.Add((session, run));
    }

    /// <summary>Reads all logs.</summary>
    /// <param name="address">The server.</param>
    /// <param name="expected">How every run was to end.</param>
    /// <param name="deltas">How many deltas every run was to have, numbered from 0; without it they are not looked at.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task<IReadOnlyList<string>> RunAsync(
        IPEndPoint address, RunEnd expected, int? deltas, CancellationToken cancellationToken)
    {
        var faults = new List<string>();
        var several = new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(_accepted.GroupBy(accepted => accepted.Session, accepted => accepted.Run), several, async (session, token) =>
        {
            var audit = new SessionAudit(session.Key, session, expected.Words);
            var seen = 0;
            var wrong = 0;
            await SessionLog.ReadAsync(address, session.Key, happened =>
            {
                SessionLog.Show(happened, audit, expected);
                if (happened.Name.SequenceEqual("run.delta"u8) && DeltaText.NumberOf(happened.Data) != seen++)
                    wrong++;
            }, token);
            lock (faults)
            {
                faults.AddRange(audit.Faults());
                if (deltas is { } due && (seen != due || wrong > 0))
                    faults.Add(string.Create(CultureInfo.InvariantCulture, $"session {session.Key}: {seen} of {due} deltas, {wrong} out of order"));
            }
        });
        return faults;
    }
}
