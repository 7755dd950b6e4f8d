using Sessions.Core;
using Sessions.Engine;
using Sessions.Orleans.Abstractions;

namespace Sessions.Orleans;

/// <summary>
/// Has a session's grain carry out what changes it. A silo that dies under a call is the same to the caller as a store that
/// can't be reached: nothing is known, try again. Only what says the same twice is repeated here (invariant 17).
/// </summary>
internal sealed class GrainOwner(IGrainFactory grains) : ISessionOwner
{
    /// <summary>A call that was rejected has changed nothing. It is repeated while the directory finds its way.</summary>
    private const int Attempts = 8;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public async ValueTask<Answer> AskAsync(SessionKey key, Command command, CancellationToken cancellationToken)
    {
        var answer = await CallAsync(
            key, command, IsRepeatable(command), static (owner, asked) => owner.AskAsync(asked), cancellationToken).ConfigureAwait(false);
        return new Answer(answer.Outcome, answer.Refusal);
    }

    /// <summary>A second start finds nothing that is ready.</summary>
    public async ValueTask<Started> StartAsync(SessionKey key, StartRun start, CancellationToken cancellationToken)
    {
        var started = await CallAsync(
            key, start, isRepeatable: true, static (owner, asked) => owner.StartAsync(asked), cancellationToken).ConfigureAwait(false);
        return started.Read(key);
    }

    /// <summary>Output is known again by its batch.</summary>
    public async ValueTask<OutputResult> AppendOutputAsync(OutputWrite write, CancellationToken cancellationToken)
    {
        var output = await CallAsync(
            write.Key, OwnerWrite.Of(write), write.Batch is not null || write.Events.IsEmpty,
            static (owner, asked) => owner.AppendOutputAsync(asked), cancellationToken).ConfigureAwait(false);
        return output.Read();
    }

    private static bool IsRepeatable(Command command) =>
        command is SendMessage { IdempotencyKey: not null } or CreateSession or DeleteSession or ExpireDue;

    private async Task<TAnswer> CallAsync<TAsked, TAnswer>(
        SessionKey key, TAsked asked, bool isRepeatable, Func<IOwnerGrain, TAsked, Task<TAnswer>> call, CancellationToken cancellationToken)
    {
        var owner = grains.GetGrain<IOwnerGrain>(key.ToString());
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call(owner, asked).WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OrleansMessageRejectionException exception)
                when (attempt < Attempts && (isRepeatable || exception is not SiloUnavailableException))
            {
                // A rejection says that nothing was done; only of a silo that has gone it is not known.
                await Task.Delay(Pause * attempt, cancellationToken).ConfigureAwait(false);
            }
            catch (SessionsUnavailableException exception)
            {
                throw new StoreUnavailableException(exception.Message, exception) { Busy = exception.Busy };
            }
            catch (Exception exception) when (exception is OrleansException or TimeoutException)
            {
                throw new StoreUnavailableException("The session's owner can't be reached.", exception);
            }
        }
    }
}
