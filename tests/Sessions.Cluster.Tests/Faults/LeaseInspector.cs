using Npgsql;
using Sessions.Core;
using Sessions.Testing;

namespace Sessions.Cluster.Tests;

/// <summary>
/// Looks all the time whether a session claims to be running without a live lease (invariant 27), and whether a run that could
/// start is forgotten (invariant 24).
/// </summary>
internal sealed class LeaseInspector(Cluster cluster, History history)
{
    private readonly Admin _admin = new(cluster.ConnectionString);
    private DateTimeOffset _upSince = DateTimeOffset.UtcNow;

    /// <summary>How often it looked.</summary>
    public int Looks { get; private set; }

    /// <summary>How long a run that could start was seen to wait, the database's absence not counted.</summary>
    public TimeSpan LongestWait { get; private set; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await LookAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(500), cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LookAsync()
    {
        try
        {
            var (dead, ready) = (await _admin.FindDeadLeasesAsync(), await _admin.FindReadyAsync());
            Looks++;

            // Nobody can end or start anything while the database is away.
            var up = DateTimeOffset.UtcNow - _upSince;
            foreach (var (session, run, since) in dead.Where(one => Min(one.Since, up) > Times.SweepInterval + Times.Slack))
                history.Add(new Observation.SawDeadLease(Scene.KeyOf(session), new RunId(run), since));

            foreach (var (session, run, since) in ready)
            {
                var waiting = Min(since, up);
                LongestWait = waiting > LongestWait ? waiting : LongestWait;
                if (waiting > Times.Bound)
                    history.Add(new Observation.SawForgottenRun(Scene.KeyOf(session), new RunId(run), since));
            }
        }
        catch (NpgsqlException)
        {
            _upSince = DateTimeOffset.UtcNow;
        }
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
