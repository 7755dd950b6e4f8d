using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Testing;

/// <summary>Reads a watch and checks invariant 34 on the way: a session's versions never go back.</summary>
public sealed class WatchReader(IWatch watch) : IDisposable
{
    private readonly List<SessionSnapshot> _given = [];
    private readonly Dictionary<SessionId, SessionSnapshot> _newest = [];

    /// <summary>All that was given.</summary>
    public IReadOnlyList<SessionSnapshot> Given => _given;

    public bool Synchronized { get; private set; }

    /// <summary>The newest snapshot of a session; null when none was given.</summary>
    public SessionSnapshot? Newest(string session) => _newest.GetValueOrDefault(new SessionId(session));

    public async Task UntilAsync(string session, Func<SessionSnapshot, bool> holds)
    {
        while (Newest(session) is not { } newest || !holds(newest))
            await ReadAsync($"the wanted state of {session}");
    }

    public async Task UntilSynchronizedAsync()
    {
        while (!Synchronized)
            await ReadAsync("the end of the first snapshot");
    }

    /// <summary>Reads what is there, until a wake-up says that nothing is new.</summary>
    public async Task UntilQuietAsync()
    {
        // A wake-up is spent on whatever a read returns with, also on something new.
        do
        {
            watch.Wake();
        }
        while (await ReadAsync("nothing"));
    }

    public void Dispose() => watch.Dispose();

    private async Task<bool> ReadAsync(string what)
    {
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        try
        {
            var item = await watch.ReadAsync(deadline.Token);
            Take(item);
            return item is not null;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"A watcher did not get {what}. It got: {Text.Of(_given)}");
        }
    }

    private void Take(WatchItem? item)
    {
        if (item is WatchItem.Synchronized)
        {
            Assert.False(Synchronized, "The end of the first snapshot came twice.");
            Synchronized = true;
        }

        if (item is not WatchItem.Sessions { Items: var sessions })
            return;

        Assert.NotEmpty(sessions);
        foreach (var session in sessions)
        {
            var id = session.Key.Session;
            Assert.True(
                !_newest.TryGetValue(id, out var before) || before.Version <= session.Version,
                $"A watcher got version {session.Version} of {id} after {before?.Version}.");
            _newest[id] = session;
            _given.Add(session);
        }
    }
}
