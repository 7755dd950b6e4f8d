using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Testing;

/// <summary>
/// What every <see cref="ISessionStore"/> must do. One subclass per store; the parts are one file each. Each test has a
/// tenant of its own, so that the tests may share one store.
/// </summary>
public abstract partial class SessionStoreConformance : IAsyncLifetime
{
    private static int _tests;

    private readonly int _test = Interlocked.Increment(ref _tests);
    private StoreDriver? _driver;
    private ISessionStore? _store;

    protected ISessionStore Store => _store ?? throw new InvalidOperationException("There is no store yet.");

    protected StoreDriver Driver => _driver ??= new StoreDriver(Store, LeaseTtl);

    /// <summary>How long the tests' leases hold. A store whose clock is real wants it small but not tiny.</summary>
    protected virtual TimeSpan LeaseTtl => TimeSpan.FromMilliseconds(500);

    /// <summary>How many times a test with a race repeats it.</summary>
    protected virtual int Races => 50;

    protected TenantId Tenant => new($"t{_test}");

    protected TenantId OtherTenant => new($"t{_test}-other");

    public async Task InitializeAsync() => _store = await CreateStoreAsync();

    public virtual Task DisposeAsync() => Task.CompletedTask;

    /// <summary>The store to test; it may have been used by other tests.</summary>
    protected abstract ValueTask<ISessionStore> CreateStoreAsync();

    /// <summary>Lets so much time pass by the store's clock.</summary>
    protected abstract ValueTask PassAsync(TimeSpan time);

    protected SessionKey Key(string session = "s") => new(Tenant, new SessionId(session));

    protected async Task<LoadedSession> LoadAsync(SessionKey key, string? idempotencyKey = null, RunId? run = null) =>
        await Store.LoadAsync(key, idempotencyKey, run, default);

    protected SessionQuery Query(
        SessionStatus? status = null, bool? active = null, AgentName? agent = null, int limit = 100, string? cursor = null) =>
        new(Tenant, status, active, agent, limit, cursor);

    protected async Task<IReadOnlyList<string>> ListedAsync(SessionQuery query)
    {
        var page = await Store.ListSessionsAsync(query, default);
        Assert.NotNull(page);
        return [.. page.Items.Select(session => session.Key.Session.Value)];
    }
}
