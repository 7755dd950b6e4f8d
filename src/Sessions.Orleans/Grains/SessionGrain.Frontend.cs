using System.Collections.Immutable;
using Sessions.Core;
using Sessions.Engine;
using Sessions.Orleans.Abstractions;

namespace Sessions.Orleans;

/// <summary>What frontends ask: by the doors that gateways have, with this grain as the owner.</summary>
internal sealed partial class SessionGrain : ISessionGrain
{
    private ISessions? _door;

    private ISessions Door => _door ??= _engine.DoorTo(this);

    public async Task<Reply<SessionOutcome>> CreateAsync(CreateRequest request) =>
        Of(await Door.CreateAsync(_key, request.Agent, request.Title, Sorted(request.Metadata), CancellationToken.None));

    public Task<Reply<SessionSnapshot>> GetAsync() => ReplyAsync(Door.GetAsync(_key, CancellationToken.None));

    public Task<Reply<SessionSnapshot>> UpdateAsync(string? title, ImmutableDictionary<string, string>? metadata) =>
        ReplyAsync(Door.UpdateAsync(_key, title, Sorted(metadata), CancellationToken.None));

    public Task<Reply<SessionSnapshot>> ResetAsync() => ReplyAsync(Door.ResetAsync(_key, CancellationToken.None));

    public Task<Reply<SessionSnapshot>> DeleteAsync() => ReplyAsync(Door.DeleteAsync(_key, CancellationToken.None));

    public Task<Reply<SendOutcome>> SendAsync(SendRequest request) => ReplyAsync(Door.SendAsync(
        _key,
        new Sending(request.Text)
        {
            RunId = request.RunId,
            Agent = request.Agent,
            IdempotencyKey = request.IdempotencyKey,
            IfBusy = request.IfBusy,
            Timeout = request.Timeout,
            MaxAttempts = request.MaxAttempts,
        },
        CancellationToken.None));

    public Task<Reply<AbortOutcome>> AbortAsync(AbortRequest request) => ReplyAsync(
        Door.AbortAsync(_key, request.RunId, request.IdempotencyKey, AbortReason.User, CancellationToken.None));

    public Task<Reply<Run>> GetRunAsync(RunId run) => ReplyAsync(Door.GetRunAsync(_key, run, TimeSpan.Zero, CancellationToken.None));

    public async Task<Reply<RunPage>> ListRunsAsync(long? beforeSeq, int max)
    {
        var runs = await Unavailable.TranslateAsync(Door.ListRunsAsync(_key, beforeSeq, max, CancellationToken.None));
        return runs.IsRefused ? new(null, runs.Refusal) : new(new RunPage([.. runs.Value]), null);
    }

    public async Task<Reply<LogPage>> ReadLogAsync(long after, int max)
    {
        var records = await Unavailable.TranslateAsync(_engine.Store.ReadLogAsync(_key, after, max, CancellationToken.None));
        return new(new LogPage([.. records]), null);
    }

    /// <summary>Followed first, then read: what is committed in between comes by both ways, not by none.</summary>
    public async Task<long> FollowAsync(string follower)
    {
        _engine.Followers.Add(_key, follower);
        var loaded = await Unavailable.TranslateAsync(_engine.Store.LoadAsync(_key, null, null, CancellationToken.None));
        return loaded.State.LastSeq;
    }

    private static ImmutableSortedDictionary<string, string>? Sorted(ImmutableDictionary<string, string>? metadata) =>
        metadata is null ? null : SessionState.NoMetadata.AddRange(metadata);

    private static async Task<Reply<T>> ReplyAsync<T>(ValueTask<Result<T>> asked)
        where T : class => Of(await Unavailable.TranslateAsync(asked));

    private static Reply<T> Of<T>(Result<T> result)
        where T : class => new(result.Value, result.Refusal);
}
