using Npgsql;
using Sessions.Core;
using Sessions.Testing;

namespace Sessions.Cluster.Tests;

/// <summary>Looks all the time whether a session claims to be running without a live lease (invariant 27).</summary>
internal sealed class LeaseInspector(Cluster cluster, History history)
{
    private readonly Admin _admin = new(cluster.ConnectionString);
    private DateTimeOffset _upSince = DateTimeOffset.UtcNow;

    /// <summary>How often it looked.</summary>
    public int Looks { get; private set; }

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
        var longest = Times.SweepInterval + Times.Slack;
        try
        {
            var dead = await _admin.FindDeadLeasesAsync(longest);
            Looks++;

            // Nobody can end what is due while the database is away.
            if (DateTimeOffset.UtcNow - _upSince > longest)
            {
                foreach (var (session, run, overdue) in dead)
                    history.Add(new Observation.SawDeadLease(Scene.KeyOf(session), new RunId(run), overdue));
            }
        }
        catch (NpgsqlException)
        {
            _upSince = DateTimeOffset.UtcNow;
        }
    }
}
