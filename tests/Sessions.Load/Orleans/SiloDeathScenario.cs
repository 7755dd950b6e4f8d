using System.Diagnostics;
using System.Globalization;
using System.Text;
using Npgsql;

namespace Sessions.Load;

/// <summary>
/// Silos over a database, a process each, of which the last is killed as <c>kill -9</c> does while sessions of all of them are
/// written to through the others. Then another takes its place.
/// </summary>
internal sealed class SiloDeathScenario(LoadServer server, int silos, int sessions, int kills)
{
    /// <summary>What the sessions may take once the cluster knows of the death.</summary>
    private static readonly TimeSpan Allowance = TimeSpan.FromSeconds(2);

    /// <summary>A write that takes longer waited for a silo that was dead.</summary>
    private static readonly TimeSpan HeldUp = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan Undisturbed = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly string[] Settings = ["--Sessions:Engine=orleans", "--Sessions:Runs:MaxQueued=10000"];

    private readonly SceneAudit _audit = new();
    private readonly List<ServerProcess> _servers = [];

    public async Task<Report> RunAsync(CancellationToken cancellationToken)
    {
        var report = new Report("silo-death", string.Create(
            CultureInfo.InvariantCulture,
            $"{kills} kills of one of {silos} silos, {sessions} sessions written to through the others; {server.Facts}"));
        var own = await server.CreateDatabaseAsync(cancellationToken);
        var deaths = new List<SiloDeath>();
        try
        {
            for (var kill = 0; kill < kills; kill++)
            {
                while (_servers.Count < silos)
                    _servers.Add(await ServerProcess.StartAsync(ServeCommand.Real, own, cancellationToken, Settings));

                deaths.Add(await KillAsync(own, kill, cancellationToken));
            }

            report.Fail(await _audit.RunAsync(_servers[0].Address, RunEnd.Aborted, deltas: null, cancellationToken));
        }
        finally
        {
            foreach (var process in _servers)
                await process.DisposeAsync();
        }

        report.Add("kill to known dead, s, most", deaths.Max(death => death.Known.TotalSeconds));
        report.Add("kill to the last session's answer, s, median", Median.Of(deaths, death => death.Answered.TotalSeconds));
        report.Add("kill to the last session's answer, s, most", deaths.Max(death => death.Answered.TotalSeconds));
        report.Add(
            "known dead to the last session's answer, s", deaths.Max(death => (death.Answered - death.Known).TotalSeconds),
            target: Target.AtMost(Allowance.TotalSeconds));
        report.Add("sessions that were held up or turned away, least", deaths.Min(death => death.CutOff), target: Target.AtLeast(1));
        report.Add("slowest answer of any kind, s", deaths.Max(death => death.Slowest.TotalSeconds));
        report.Add("writes acknowledged", deaths.Sum(death => death.Acknowledged));
        return report;
    }

    private async Task<SiloDeath> KillAsync(string connectionString, int kill, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var writers = new List<SiloWriter>();
        using var victim = await HttpConnection.ConnectAsync(_servers[^1].Address, cancellationToken);
        for (var number = 0; number < sessions; number++)
        {
            // Where it is asked for first is where a session tends to become active.
            var session = string.Create(CultureInfo.InvariantCulture, $"d{kill}-{number}");
            (await victim.PostAsync("/v1/sessions", Encoding.UTF8.GetBytes($$"""{"id":"{{session}}"}"""), cancellationToken)).Expect(201, "create");
            writers.Add(new SiloWriter(await HttpConnection.ConnectAsync(_servers[number % (silos - 1)].Address, cancellationToken), session, _audit));
        }

        var writing = Task.WhenAll(writers.Select(writer => Task.Run(() => writer.RunAsync(enough.Token), CancellationToken.None)));
        await Task.WhenAny(writing, Task.Delay(Undisturbed, cancellationToken));
        await _servers[^1].DisposeAsync();
        var killed = Stopwatch.GetTimestamp();
        _servers.RemoveAt(silos - 1);
        var known = await DeadAsync(connectionString, kill + 1, killed, cancellationToken);
        while (!writing.IsCompleted && !writers.TrueForAll(writer => writer.FirstAnswer(killed) is not null) && Stopwatch.GetElapsedTime(killed) < Patience)
            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);

        await enough.CancelAsync();
        await writing;
        var answered = writers.Max(writer => writer.FirstAnswer(killed) ?? Patience);
        foreach (var writer in writers)
            await writer.EndAsync(cancellationToken);

        return new SiloDeath(
            known, answered, writers.Count(writer => writer.Refused > 0 || writer.Slowest > HeldUp), writers.Max(writer => writer.Slowest), writers.Sum(writer => writer.Acknowledged));
    }

    /// <summary>Waits until as many silos are known to be dead.</summary>
    /// <returns>How long after the kill that was.</returns>
    private static async Task<TimeSpan> DeadAsync(string connectionString, int count, long killed, CancellationToken cancellationToken)
    {
        // 6 is what Orleans calls dead.
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var look = new NpgsqlCommand("select count(*) from orleans.OrleansMembershipTable where Status = 6", connection);
        while (Stopwatch.GetElapsedTime(killed) < Patience)
        {
            if ((long)(await look.ExecuteScalarAsync(cancellationToken))! >= count)
                return Stopwatch.GetElapsedTime(killed);

            await Task.Delay(TimeSpan.FromMilliseconds(10), cancellationToken);
        }

        throw new InvalidOperationException("The cluster does not notice that a silo is dead.");
    }

    /// <summary>What came of a kill.</summary>
    /// <param name="Known">From the kill until the cluster's table said so.</param>
    /// <param name="Answered">From the kill until every session had accepted a write that was sent after it.</param>
    /// <param name="CutOff">Sessions with a write that was held up or turned away: the dead silo's.</param>
    /// <param name="Slowest">The answer, of whatever kind, that took longest.</param>
    /// <param name="Acknowledged">Writes that were accepted.</param>
    private sealed record SiloDeath(TimeSpan Known, TimeSpan Answered, int CutOff, TimeSpan Slowest, long Acknowledged);
}
