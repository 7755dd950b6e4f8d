using System.Diagnostics;
using System.Globalization;
using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Load;

/// <summary>
/// Sessions whose titles change, through the gateway of the silo that owns the session; a watcher of the tenant at the other
/// silo's gateway sees it.
/// </summary>
internal sealed class SiloChanges(SiloPair silos, FanoutSettings settings, Latencies latencies) : IFanoutTarget
{
    private readonly TenantId _tenant = new($"{settings.Prefix}changes");
    private readonly Dictionary<SessionId, int> _owners = [];
    private readonly string[] _titles = new string[settings.Sessions];
    private long _published;

    /// <summary>How many changes there were.</summary>
    public long Published => Interlocked.Read(ref _published);

    public string PathOf(int session) => throw new NotSupportedException("They are watched in this process.");

    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        for (var session = 0; session < settings.Sessions; session++)
        {
            var key = Key(session);
            (await silos.Doors[0].Sessions.CreateAsync(key, null, null, null, cancellationToken)).Value.Expect();
            _owners.Add(key.Session, await silos.OwnerOfAsync(key));
        }
    }

    /// <summary>Watches through one silo's gateway what the other one owns, until it has seen how each session ended.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="published">Done when nothing more is published.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>What was lost.</returns>
    public async Task<IReadOnlyList<string>> WatchAsync(int silo, Task published, CancellationToken cancellationToken)
    {
        using var watch = silos.Doors[silo].Sessions.Watch(_tenant, WatchSnapshot.None);
        var last = new Dictionary<SessionId, string>();
        _ = published.ContinueWith(_ => watch.Wake(), TaskScheduler.Default);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(settings.Seconds + 10));
        while (!published.IsCompleted || Missing().Any())
        {
            try
            {
                if (await watch.ReadAsync(patience.Token) is not WatchItem.Sessions { Items: var items })
                    continue;

                foreach (var item in items.Where(item => item.Title is not null && _owners[item.Key.Session] != silo))
                {
                    if (last.GetValueOrDefault(item.Key.Session) != item.Title)
                        latencies.Since(long.Parse(item.Title!, CultureInfo.InvariantCulture));

                    last[item.Key.Session] = item.Title!;
                }
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return [.. Missing().Select(session => $"the last change of session {session} was not seen at silo {silo}")];
            }
        }

        return [];

        IEnumerable<int> Missing() => Enumerable.Range(0, settings.Sessions).Where(session =>
            _owners[Key(session).Session] != silo && last.GetValueOrDefault(Key(session).Session) != _titles[session]);
    }

    public async ValueTask PublishAsync(int session, CancellationToken cancellationToken)
    {
        var key = Key(session);
        _titles[session] = Stopwatch.GetTimestamp().ToString(CultureInfo.InvariantCulture);
        (await silos.Doors[_owners[key.Session]].Sessions.UpdateAsync(key, _titles[session], null, cancellationToken)).Value.Expect();
        Interlocked.Increment(ref _published);
    }

    public ValueTask FinishAsync(int session, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public void Dispose()
    {
    }

    private SessionKey Key(int session) => new(_tenant, new SessionId(settings.SessionName(session)));
}
