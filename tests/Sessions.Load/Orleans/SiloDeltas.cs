using System.Diagnostics;
using System.Globalization;
using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Load;

/// <summary>
/// A running run in each session. Its deltas go through the gateway of the silo that owns the session, and are followed
/// through the gateway of the other one.
/// </summary>
internal sealed class SiloDeltas(SiloPair silos, FanoutSettings settings, Latencies latencies) : IFanoutTarget
{
    private readonly TenantId _tenant = new($"{settings.Prefix}deltas");
    private readonly ClaimedRun[] _runs = new ClaimedRun[settings.Sessions];
    private readonly int[] _owners = new int[settings.Sessions];
    private readonly long[] _published = new long[settings.Sessions];

    /// <summary>How many were published.</summary>
    public long Published => _published.Sum();

    public string PathOf(int session) => throw new NotSupportedException("They are followed in this process.");

    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        var door = silos.Doors[0];
        for (var session = 0; session < settings.Sessions; session++)
        {
            var message = new Sending(RunTicket.Text) { RunId = new RunId(RunTicket.Create(session, "", 0).Run) };
            (await door.Sessions.SendAsync(new(_tenant, new(settings.SessionName(session))), message, cancellationToken)).Value.Expect();
        }

        var claim = new Claim(_tenant, new("w0"), new HashSet<AgentName> { SiloPair.Agent }, 100, TimeSpan.FromSeconds(1));
        for (var claimed = 0; claimed < settings.Sessions;)
        {
            foreach (var run in await door.Runs.ClaimAsync(claim, cancellationToken))
            {
                var session = RunTicket.SlotOf(run.Run.Id.Value);
                (_runs[session], _owners[session]) = (run, await silos.OwnerOfAsync(run.Key));
                claimed++;
            }
        }
    }

    /// <summary>Follows a session to the end of its run.</summary>
    /// <returns>What was lost, doubled or out of order.</returns>
    public async Task<IReadOnlyList<string>> FollowAsync(int session, CancellationToken cancellationToken)
    {
        var (faults, seen, seq) = (new List<string>(), 0L, 0L);
        var door = silos.Doors[1 - _owners[session]];
        using var subscription = (await door.Sessions.SubscribeAsync(_runs[session].Key, 0, null, cancellationToken)).Value.Expect();
        while (true)
        {
            if (await subscription.ReadAsync(cancellationToken) is not SubscriptionItem.Records { Commit.Records: var records })
                continue;

            foreach (var record in records)
            {
                if (record.Seq != ++seq)
                    faults.Add($"session {session}: seq {record.Seq} instead of {seq}");

                if (record.Event is RunDelta delta)
                {
                    latencies.Since(long.Parse(delta.Text, CultureInfo.InvariantCulture));
                    seen++;
                }
                else if (record.Event is RunEnded)
                {
                    return seen == _published[session] ? faults : [.. faults, $"session {session}: {seen} of {_published[session]} deltas"];
                }
            }
        }
    }

    public async ValueTask PublishAsync(int session, CancellationToken cancellationToken)
    {
        var run = _runs[session];
        var text = Stopwatch.GetTimestamp().ToString(CultureInfo.InvariantCulture);
        (await silos.Doors[_owners[session]].Runs.OutputAsync(
            run.Key, run.Run.Id, run.Lease.Epoch, ++_published[session], [new RunDelta(run.Run.Id, text)], cancellationToken)).Value.Expect();
    }

    public async ValueTask FinishAsync(int session, CancellationToken cancellationToken)
    {
        var run = _runs[session];
        (await silos.Doors[_owners[session]].Runs.CompleteAsync(
            run.Key, run.Run.Id, run.Lease.Epoch, RunTicket.Answer, null, cancellationToken)).Value.Expect();
    }

    public void Dispose()
    {
    }
}
