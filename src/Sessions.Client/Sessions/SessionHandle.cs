using Sessions.Protocol;

namespace Sessions.Client;

/// <summary>
/// One session, through any replica. Making a handle asks the server nothing: the session may not exist yet.
/// </summary>
public sealed class SessionHandle
{
    private readonly Transport _transport;

    internal SessionHandle(Transport transport, string id)
    {
        _transport = transport;
        Id = id;
    }

    /// <summary>The session's id.</summary>
    public string Id { get; }

    /// <summary>
    /// Sends a message, which makes a run; the session is created if absent. It carries an idempotency key, so a retry
    /// over a broken connection runs once.
    /// </summary>
    /// <param name="text">What to say, at most 256 KiB as UTF-8, not empty.</param>
    /// <param name="options">How, or null.</param>
    /// <param name="cancellationToken">Ends the wait for the answer; the run may have been accepted.</param>
    /// <exception cref="SessionsException">
    /// <c>session_busy</c>, <c>queue_full</c>, <c>agent_not_found</c>, <c>agent_mismatch</c>, <c>run_conflict</c>,
    /// <c>idempotency_key_reused</c>, <c>session_deleted</c>, <c>text_too_large</c> and other refusals.
    /// </exception>
    /// <exception cref="SessionsUnreachableException">No answer came for too long.</exception>
    public async Task<RunHandle> SendAsync(
        string text, SendOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        var request = (options ?? new SendOptions()).ToRequest(text, _transport.Options.TimeProvider);
        var call = Post("messages").With(request, ProtocolJson.Default.SendRequest);
        var sent = await _transport.CallAsync(call, ProtocolJson.Default.SendResponse, cancellationToken);
        return new RunHandle(_transport, sent.Run, sent.Deduplicated);
    }

    /// <summary>The session as it is now.</summary>
    /// <exception cref="SessionsException"><c>session_not_found</c>, <c>session_deleted</c>.</exception>
    public Task<SessionResource> GetAsync(CancellationToken cancellationToken = default) =>
        CallAsync(new Call(HttpMethod.Get, Paths.Session(Id), Id), cancellationToken);

    /// <summary>Changes title or metadata.</summary>
    /// <param name="update">What is null in it stays as it is.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    /// <exception cref="SessionsException">
    /// <c>session_not_found</c>, <c>session_deleted</c>, <c>metadata_too_large</c>.
    /// </exception>
    public Task<SessionResource> UpdateAsync(UpdateSessionRequest update, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(update);
        var call = new Call(HttpMethod.Patch, Paths.Session(Id), Id);
        return CallAsync(call.With(update, ProtocolJson.Default.UpdateSessionRequest), cancellationToken);
    }

    /// <summary>
    /// Aborts all runs, cuts the history and begins a new generation. Not repeated when a connection breaks after the
    /// request may have arrived: a second reset would cut what was said after the first.
    /// </summary>
    /// <exception cref="SessionsException"><c>session_not_found</c>, <c>session_deleted</c>.</exception>
    /// <exception cref="SessionsUnreachableException">No answer came; whether it was reset is unknown.</exception>
    public Task<SessionResource> ResetAsync(CancellationToken cancellationToken = default) =>
        CallAsync(Post("reset") with { Repeatable = false }, cancellationToken);

    /// <summary>Aborts all runs and deletes the session. Safe to repeat; the id does not come back.</summary>
    /// <exception cref="SessionsException"><c>session_not_found</c>.</exception>
    public Task DeleteAsync(CancellationToken cancellationToken = default) =>
        _transport.CallAsync(new Call(HttpMethod.Delete, Paths.Session(Id), Id), cancellationToken);

    /// <summary>
    /// Aborts one run, or without run and key every queued run and then the active one. Safe to repeat. A repetition
    /// over a broken connection names as aborted only what was still active then.
    /// </summary>
    /// <param name="runId">The run to abort.</param>
    /// <param name="idempotencyKey">The key of the send whose run to abort; it may not have arrived yet.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    /// <exception cref="SessionsException"><c>session_not_found</c>, <c>session_deleted</c>, <c>run_not_found</c>.</exception>
    public Task<AbortResponse> AbortAsync(
        string? runId = null, string? idempotencyKey = null, CancellationToken cancellationToken = default)
    {
        var request = new AbortRequest { RunId = runId, IdempotencyKey = idempotencyKey };
        var call = Post("abort", runId).With(request, ProtocolJson.Default.AbortRequest);
        return _transport.CallAsync(call, ProtocolJson.Default.AbortResponse, cancellationToken);
    }

    /// <summary>A handle of a run that was sent before, here or elsewhere.</summary>
    /// <exception cref="SessionsException"><c>session_not_found</c>, <c>session_deleted</c>, <c>run_not_found</c>.</exception>
    public async Task<RunHandle> GetRunAsync(string runId, CancellationToken cancellationToken = default)
    {
        var call = new Call(HttpMethod.Get, Paths.Run(Id, Ids.Checked(runId, nameof(runId)), waitSeconds: 0), Id, runId);
        var run = await _transport.CallAsync(call, ProtocolJson.Default.RunResource, cancellationToken);
        return new RunHandle(_transport, run, deduplicated: false);
    }

    /// <summary>The transcript behind a seq, oldest first, fetched as it is read.</summary>
    /// <exception cref="SessionsException"><c>session_not_found</c>, <c>session_deleted</c>.</exception>
    public IAsyncEnumerable<MessageResource> Messages(long after = 0, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        return Pages.MessagesAsync(_transport, Id, after, cancellationToken);
    }

    /// <summary>The runs, newest first, fetched as they are read.</summary>
    /// <exception cref="SessionsException"><c>session_not_found</c>, <c>session_deleted</c>.</exception>
    public IAsyncEnumerable<RunResource> Runs(CancellationToken cancellationToken = default) =>
        Pages.RunsAsync(_transport, Id, cancellationToken);

    /// <summary>
    /// The session's events behind a seq: what has happened, <see cref="SynchronizedItem"/>, then what happens, each
    /// event once and in order, without end until the session is deleted. A broken connection is resumed.
    /// </summary>
    /// <param name="after">The cursor: the seq of the last event known; 0 for the whole log of the current generation.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <exception cref="SessionsException"><c>session_not_found</c>, <c>session_deleted</c>, <c>cursor_ahead</c>.</exception>
    /// <exception cref="SessionsStreamException">The stream kept breaking.</exception>
    /// <exception cref="SessionsUnreachableException">No answer came for too long.</exception>
    public IAsyncEnumerable<StreamItem> Events(long after = 0, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        return EventStream.ReadAsync(_transport, Id, runId: null, after, cancellationToken);
    }

    private Call Post(string part, string? runId = null) => new(HttpMethod.Post, Paths.Of(Id, part), Id, runId);

    private Task<SessionResource> CallAsync(Call call, CancellationToken cancellationToken) =>
        _transport.CallAsync(call, ProtocolJson.Default.SessionResource, cancellationToken);
}
