using System.Runtime.CompilerServices;
using Sessions.Protocol;

namespace Sessions.Client;

/// <summary>One run of a session, through any replica.</summary>
public sealed class RunHandle
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(30);
    private readonly Transport _transport;

    internal RunHandle(Transport transport, RunResource run, bool deduplicated)
    {
        _transport = transport;
        Run = run;
        Deduplicated = deduplicated;
    }

    /// <summary>The run as it was when this handle was made.</summary>
    public RunResource Run { get; }

    /// <summary>
    /// True when an earlier send with the same key had made the run; it may be an attempt of the same
    /// <see cref="SessionHandle.SendAsync"/> whose answer was lost.
    /// </summary>
    public bool Deduplicated { get; }

    /// <summary>The run as it is now.</summary>
    /// <exception cref="SessionsException"><c>run_not_found</c>, <c>session_deleted</c>.</exception>
    public Task<RunResource> GetAsync(CancellationToken cancellationToken = default) =>
        GetAsync(TimeSpan.Zero, cancellationToken);

    /// <summary>
    /// Waits until the run is terminal, however long that takes; gives up only when the server can't be reached for
    /// <see cref="SessionsClientOptions.RetryFor"/>.
    /// </summary>
    /// <exception cref="SessionsException"><c>run_not_found</c>, <c>session_deleted</c>.</exception>
    /// <exception cref="SessionsUnreachableException">No answer came for too long.</exception>
    public async Task<RunResult> WaitAsync(CancellationToken cancellationToken = default)
    {
        var options = _transport.Options;
        var run = Run;
        while (true)
        {
            if (RunResult.Of(run) is { } result)
            {
                return result;
            }

            var asked = options.TimeProvider.GetTimestamp();
            run = await GetAsync(Poll, cancellationToken);
            if (!RunStatuses.IsTerminal(run.Status) && options.TimeProvider.GetElapsedTime(asked) < options.RetryDelay)
            {
                // A server that does not wait is not to be asked in a tight loop.
                await Task.Delay(options.RetryDelay, options.TimeProvider, cancellationToken);
            }
        }
    }

    /// <summary>Aborts the run. Safe to repeat; changes nothing when it is terminal already, and says so.</summary>
    /// <exception cref="SessionsException"><c>run_not_found</c>, <c>session_deleted</c>.</exception>
    public Task<AbortResponse> AbortAsync(CancellationToken cancellationToken = default) =>
        new SessionHandle(_transport, Run.SessionId).AbortAsync(runId: Run.Id, cancellationToken: cancellationToken);

    /// <summary>
    /// The run's events behind a seq, in order, each once, the last of them the terminal one. None when the terminal
    /// one is not behind <paramref name="after"/>, or a reset has cut it off. A broken connection is resumed.
    /// </summary>
    /// <exception cref="SessionsException"><c>run_not_found</c>, <c>session_deleted</c>, <c>cursor_ahead</c>.</exception>
    /// <exception cref="SessionsStreamException">The stream kept breaking.</exception>
    /// <exception cref="SessionsUnreachableException">No answer came for too long.</exception>
    public IAsyncEnumerable<EventResource> Events(long after = 0, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        return ReadEventsAsync(after, cancellationToken);
    }

    private async IAsyncEnumerable<EventResource> ReadEventsAsync(
        long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var items = EventStream.ReadAsync(_transport, Run.SessionId, Run.Id, after, cancellationToken);
        await foreach (var item in items)
        {
            if (item is not EventItem { Event: var record } || record.RunId != Run.Id)
            {
                continue;
            }

            yield return record;
            if (EventTypes.IsTerminal(record.Type))
            {
                // The terminal event is the truth; what becomes of the connection after it does not matter.
                yield break;
            }
        }
    }

    private Task<RunResource> GetAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        var path = Paths.Run(Run.SessionId, Run.Id, (int)wait.TotalSeconds);
        var call = new Call(HttpMethod.Get, path, Run.SessionId, Run.Id) { Wait = wait };
        return _transport.CallAsync(call, ProtocolJson.Default.RunResource, cancellationToken);
    }
}
