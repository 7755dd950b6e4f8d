using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Load;

/// <summary>
/// Many running runs at once, each of which reports a few deltas at a time, as workers do. At the end each run is completed
/// with what it streamed, which must be every delta, once and in order.
/// </summary>
internal sealed class DeltaWork(PostgresReplica replica, ReplicaOrder order, ReplicaGauge gauge)
{
    private static readonly TenantId Tenant = new("default");

    private readonly Latencies _latencies = new();

    public async Task<WorkDone> RunAsync(CancellationToken cancellationToken)
    {
        var claims = await StartAsync(cancellationToken);
        gauge.Start();
        var from = Stopwatch.GetTimestamp();
        var deltas = await Task.WhenAll(claims.Select(claim => Task.Run(() => WriteAsync(claim, from, cancellationToken))));
        var elapsed = Stopwatch.GetElapsedTime(from);
        gauge.Stop();
        return new WorkDone(deltas.Sum(count => (long)count), elapsed, _latencies.All(), async cancellation =>
        {
            var faults = await Task.WhenAll(claims.Zip(deltas, (claim, count) => CompleteAsync(claim, count, cancellation)));
            return [.. faults.OfType<string>()];
        })
        {
            Runs = claims.Count,
        };
    }

    private async Task<List<ClaimedRun>> StartAsync(CancellationToken cancellationToken)
    {
        await Parallel.ForAsync(0, order.Settings.Sessions, cancellationToken, async (number, cancellation) =>
        {
            var sent = await replica.Engine.Sessions.SendAsync(
                new SessionKey(Tenant, new SessionId($"{order.Name}-{number}")), new Sending(RunTicket.Text), cancellation);
            if (sent.IsRefused)
                throw new InvalidDataException($"A run was refused: {sent.Refusal.Message}");
        });

        var claims = new List<ClaimedRun>();
        var claim = new Claim(Tenant, new WorkerId("w0"), new HashSet<AgentName> { replica.Agent }, order.Settings.Sessions, TimeSpan.FromSeconds(1));
        while (claims.Count < order.Settings.Sessions)
            claims.AddRange(await replica.Engine.Runs.ClaimAsync(claim, cancellationToken));

        return claims;
    }

    private async Task<int> WriteAsync(ClaimedRun claim, long from, CancellationToken cancellationToken)
    {
        var written = 0;
        for (var batch = 1L; Stopwatch.GetElapsedTime(from).TotalSeconds < order.Settings.Seconds; batch++)
        {
            var deltas = ImmutableArray.CreateBuilder<OutputEvent>(order.Batch);
            for (var at = 0; at < order.Batch; at++)
                deltas.Add(new RunDelta(claim.Run.Id, TextOf(written + at)));

            var sent = Stopwatch.GetTimestamp();
            var landed = await replica.Engine.Runs.OutputAsync(
                claim.Key, claim.Run.Id, claim.Lease.Epoch, batch, deltas.MoveToImmutable(), cancellationToken);
            _latencies.Since(sent);
            if (landed.IsRefused)
                throw new InvalidDataException($"Output of {claim.Key} was refused: {landed.Refusal.Message}");

            written += order.Batch;
        }

        return written;
    }

    private async Task<string?> CompleteAsync(ClaimedRun claim, int deltas, CancellationToken cancellationToken)
    {
        var ended = await replica.Engine.Runs.CompleteAsync(claim.Key, claim.Run.Id, claim.Lease.Epoch, null, null, cancellationToken);
        if (ended.IsRefused)
            return $"session {claim.Key.Session}: its run could not be completed: {ended.Refusal.Message}";

        var expected = new StringBuilder();
        for (var number = 0; number < deltas; number++)
            expected.Append(TextOf(number));

        return ended.Value.Output == expected.ToString()
            ? null
            : $"session {claim.Key.Session}: its run's text is not what was streamed ({ended.Value.Output?.Length} of {expected.Length} characters)";
    }

    private static string TextOf(int number) => string.Create(CultureInfo.InvariantCulture, $"{number} a handful of words ");
}
