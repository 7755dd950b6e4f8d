using System.Diagnostics;
using System.Globalization;

namespace Sessions.Load;

/// <summary>
/// Keeps one run going in each slot, and workers that claim and complete them, until the count or the time is up; then lets
/// those that are under way end.
/// </summary>
internal sealed class LifecycleDriver(ILifecycleTarget target, LifecycleSettings settings)
{
    private const int Patience = 15;

    public async Task<LifecycleRound> RunAsync(string name, int runs, CancellationToken cancellationToken)
    {
        var slots = Enumerable.Range(0, settings.Sessions).Select(number => new Slot(number, settings.Turns)).ToArray();
        var latencies = new Latencies();
        var until = Stopwatch.GetTimestamp() + (settings.Seconds * Stopwatch.Frequency);
        var started = 0;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var from = Stopwatch.GetTimestamp();
        var workers = Enumerable.Range(0, settings.Workers).Select(worker => Task.Run(() => WorkAsync(worker))).ToArray();
        var senders = slots.Select(slot => Task.Run(() => SendAsync(slot))).ToArray();
        var ended = Task.WhenAll(senders);

        // A worker ends before the senders only by a fault. A run that never ends is the audit's to report.
        var patience = Task.Delay(TimeSpan.FromSeconds(settings.Seconds + Patience), over.Token);
        await await Task.WhenAny([ended, patience, .. workers]);
        var elapsed = Stopwatch.GetElapsedTime(from);
        await over.CancelAsync();
        await Task.WhenAll(workers);
        return new LifecycleRound([.. slots.SelectMany(slot => slot.Accepted)], elapsed, latencies.All());

        async Task SendAsync(Slot slot)
        {
            while (Interlocked.Increment(ref started) <= runs && Stopwatch.GetTimestamp() < until)
            {
                var ticket = slot.Next(name);
                await target.SendAsync(ticket, over.Token);
                slot.Accepted.Add(ticket);
                await slot.WaitAsync();
            }
        }

        async Task WorkAsync(int worker)
        {
            var claimed = new List<RunTicket>();
            var completing = new HashSet<Task>();
            try
            {
                while (true)
                {
                    claimed.Clear();
                    await target.ClaimAsync(worker, claimed, over.Token);
                    foreach (var ticket in claimed)
                    {
                        if (settings.Overlap)
                            completing.Add(CompleteAsync(worker, ticket));
                        else
                            await CompleteAsync(worker, ticket);
                    }

                    // Those that ended well need no more attention; one that did not is thrown here.
                    completing.RemoveWhere(task => task.IsCompletedSuccessfully);
                    foreach (var faulted in completing.Where(task => task.IsCompleted))
                        await faulted;
                }
            }
            catch (OperationCanceledException) when (over.IsCancellationRequested)
            {
                // Everything has ended.
            }

            await Task.WhenAll(completing);
        }

        async Task CompleteAsync(int worker, RunTicket ticket)
        {
            await target.CompleteAsync(worker, ticket, CancellationToken.None);
            slots[ticket.Slot].Ended(latencies);
        }
    }
}

/// <summary>What was driven.</summary>
/// <param name="Accepted">The runs that were accepted.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Latencies">From before the send to after the terminal state.</param>
internal sealed record LifecycleRound(IReadOnlyList<RunTicket> Accepted, TimeSpan Elapsed, Histogram Latencies)
{
    public LatencySummary Latency => Sessions.Load.Latencies.Summarize(Latencies);

    public double RunsPerSecond => Accepted.Count / Elapsed.TotalSeconds;
}

/// <summary>How to drive.</summary>
/// <param name="Sessions">How many sessions have a run at the same time.</param>
/// <param name="Turns">How many runs a session gets before another takes its place.</param>
/// <param name="Workers">How many workers claim.</param>
/// <param name="ClaimMax">How many runs a worker claims at once.</param>
/// <param name="Seconds">How long at most.</param>
internal sealed record LifecycleSettings(int Sessions, int Turns, int Workers, int ClaimMax, int Seconds)
{
    /// <summary>True when a worker ends its runs at the same time, as one that waits for a database does; else one by one.</summary>
    public bool Overlap { get; init; }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Sessions} at a time, {Turns} turns a session, {Workers} workers that claim up to {ClaimMax}");
}
