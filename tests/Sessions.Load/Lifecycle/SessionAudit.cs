namespace Sessions.Load;

/// <summary>
/// Checks a session's log against what was accepted: seqs gapless from 1, each accepted run ended exactly once and as
/// expected, nothing of a run after its end, and no run that nobody sent.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="accepted">The runs that were accepted in it.</param>
/// <param name="expected">What they were to do, for messages.</param>
internal sealed class SessionAudit(string session, IEnumerable<string> accepted, string expected = "complete")
{
    private readonly Dictionary<string, int> _ends = accepted.ToDictionary(run => run, _ => 0, StringComparer.Ordinal);
    private readonly List<string> _faults = [];
    private long _seq;

    public void Saw(long seq, string? run, bool asExpected, bool ended)
    {
        if (seq != _seq + 1)
            _faults.Add($"session {session}: seq {seq} follows {_seq}");

        _seq = seq;
        if (run is null)
            return;

        if (!_ends.TryGetValue(run, out var ends))
        {
            _faults.Add($"session {session}: seq {seq} is of run {run}, which nobody sent");
            return;
        }

        if (ends > 0)
            _faults.Add($"session {session}: seq {seq} of run {run} follows its end");

        if (ended && !asExpected)
            _faults.Add($"session {session}: run {run} did not {expected}");

        if (ended)
            _ends[run] = ends + 1;
    }

    /// <summary>What is wrong, the whole log having been seen.</summary>
    public IEnumerable<string> Faults() => _faults.Concat(
        _ends.Where(run => run.Value == 0).Select(run => $"session {session}: run {run.Key} has no end"));
}
