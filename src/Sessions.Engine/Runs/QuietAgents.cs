using Sessions.Core;

namespace Sessions.Engine;

/// <summary>
/// The agents of which nothing was ready when the store was last asked: a claim for them alone waits at once, where it would
/// ask and be told the same again. Whatever makes that doubtful ends it: a wake-up that nobody heard, a look that did not see
/// everything or came to no end, and time, since hints from other replicas may be lost.
/// </summary>
internal sealed class QuietAgents(TimeSpan trust, TimeProvider time)
{
    /// <summary>More are not remembered: their claims look.</summary>
    internal const int Capacity = 4096;

    private readonly Lock _gate = new();
    private readonly Dictionary<(TenantId Tenant, AgentName Agent), Mark> _marks = [];
    private long _looks;

    /// <summary>True when nothing is ready that the claim could get. To be asked after it stands in line.</summary>
    public bool Cover(Claim claim)
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            foreach (var agent in claim.Agents)
            {
                if (!_marks.TryGetValue((claim.Tenant, agent), out var mark) || !IsTrusted(mark, now))
                    return false;
            }
        }

        return claim.Agents.Count > 0;
    }

    /// <summary>The store is about to be asked. Until that has ended well, and seen all there is, nothing is known.</summary>
    /// <returns>The look.</returns>
    public long Begin(Claim claim)
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            if (_marks.Count + claim.Agents.Count > Capacity)
                Forget(now);

            var mark = new Mark(++_looks, now, false);
            foreach (var agent in claim.Agents)
            {
                if (_marks.Count < Capacity || _marks.ContainsKey((claim.Tenant, agent)))
                    _marks[(claim.Tenant, agent)] = mark;
            }

            return mark.Look;
        }
    }

    /// <summary>The store showed all that was ready, and there is no more of it. Counts only if no look began since, and nobody was woken in vain.</summary>
    public void End(Claim claim, long look)
    {
        lock (_gate)
        {
            foreach (var agent in claim.Agents)
            {
                if (_marks.TryGetValue((claim.Tenant, agent), out var mark) && mark.Look == look)
                    _marks[(claim.Tenant, agent)] = mark with { IsQuiet = true };
            }
        }
    }

    /// <summary>Something may be ready.</summary>
    public void Disturb(TenantId tenant, AgentName agent)
    {
        lock (_gate)
            _marks.Remove((tenant, agent));
    }

    private void Forget(long now)
    {
        foreach (var (agent, mark) in _marks)
        {
            if (!IsTrusted(mark, now))
                _marks.Remove(agent);
        }
    }

    private bool IsTrusted(Mark mark, long now) => mark.IsQuiet && time.GetElapsedTime(mark.From, now) < trust;

    /// <summary>The last look for an agent.</summary>
    private readonly record struct Mark(long Look, long From, bool IsQuiet);
}
