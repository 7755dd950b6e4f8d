using System.Collections.Concurrent;
using Sessions.Core;
using Sessions.Engine;
using Sessions.Testing;

namespace Sessions.Postgres.Tests;

/// <summary>Two stores that write to a few sessions, and remember what they were told.</summary>
internal sealed class CrashLoad(TestDatabase database, int writers) : IDisposable
{
    private static readonly TenantId Tenant = new("t");

    private readonly ConcurrentBag<(SessionKey Key, LogRecord Record)> _told = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly PostgresStore[] _stores = [database.Store(), database.Store()];
    private long _acknowledged;
    private long _unavailable;

    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    public long Unavailable => Interlocked.Read(ref _unavailable);

    public Task RunAsync() => Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(() => WriteAsync(writer))));

    public async Task WroteAsync(int more)
    {
        var from = Acknowledged;
        await Eventually.HoldsAsync(() => Task.FromResult(Acknowledged), seen => seen >= from + more, $"{more} more writes");
    }

    public async Task StopAsync(Task writing)
    {
        await _stopping.CancelAsync();
        await writing.WaitAsync(Eventually.Deadline);
    }

    public void Dispose() => _stopping.Dispose();

    public async Task VerifyAsync()
    {
        var driver = new StoreDriver(database.Store(), TimeSpan.FromMinutes(1));
        foreach (var told in _told.GroupBy(pair => pair.Key))
        {
            var log = await driver.LogAsync(told.Key);
            foreach (var (_, record) in told)
                Assert.Equal(Text.Of<object>(record.Event), Text.Of<object>(log[(int)record.Seq - 1].Event));

            Assert.Equal(told.Count(), told.Select(pair => pair.Record.Seq).Distinct().Count());
            await LogReplay.AgreesAsync(_stores[0], told.Key);

            // Every delta says who wrote it and the how manieth it is: none is there twice.
            var deltas = log.Select(record => record.Event).OfType<RunDelta>().Select(delta => delta.Text).ToArray();
            Assert.Equal(deltas.Length, deltas.Distinct().Count());
        }
    }

    private async Task WriteAsync(int writer)
    {
        var store = _stores[writer % 2];
        var driver = new StoreDriver(store, TimeSpan.FromMinutes(1));
        var key = new SessionKey(Tenant, new($"s{writer / 2}"));
        for (var n = 0; !_stopping.IsCancellationRequested; n++)
        {
            try
            {
                // Two writers per session, on different stores: they race for every version.
                await TellAsync(key, await StepAsync(store, driver, key, $"{writer}.{n}"));
            }
            catch (StoreUnavailableException)
            {
                Interlocked.Increment(ref _unavailable);
                await Task.Delay(5);
            }
        }
    }

    private Task TellAsync(SessionKey key, IEnumerable<LogRecord> records)
    {
        foreach (var record in records)
            _told.Add((key, record));

        Interlocked.Increment(ref _acknowledged);
        return Task.CompletedTask;
    }

    private static async Task<IEnumerable<LogRecord>> StepAsync(PostgresStore store, StoreDriver driver, SessionKey key, string name)
    {
        var loaded = await store.LoadAsync(key, null, null, default);
        Command command = loaded.State switch
        {
            { Active: null, Queue.Length: 0 } => Commands.Send($"r{name}"),
            { Active: null } => Commands.Start(TimeSpan.FromMinutes(1)),
            { LastSeq: var seq, Active: { } active } when seq % 7 == 0 => Commands.Complete(active),
            _ => new UpdateSession(name, null),
        };
        if (command is UpdateSession && loaded.State.Active is { } run)
        {
            return await driver.OutputAsync(key, run, null, new RunDelta(run.Id, name)) is OutputResult.Landed landed
                ? landed.Records
                : [];
        }

        if (Decider.Decide(loaded.State, command, loaded.Facts, loaded.Now) is not Decision.Accepted accepted)
            return [];

        var write = new DecisionWrite(key, loaded.State.Version, accepted.ExpectedBeats, accepted.Events, loaded.Now);
        return await store.AppendAsync(write, default) is DecisionResult.Committed committed ? committed.Sealed.Records : [];
    }
}
