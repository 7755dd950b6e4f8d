using Sessions.Core;
using Sessions.Engine;
using Sessions.Orleans.Abstractions;

namespace Sessions.Orleans;

/// <summary>
/// Has a session's grain carry out what changes it. A silo that dies under a call is the same to the caller as a store that
/// can't be reached: nothing is known, try again.
/// </summary>
internal sealed class GrainOwner(IGrainFactory grains) : ISessionOwner
{
    /// <summary>A call that was rejected has changed nothing. It is repeated while the directory finds its way.</summary>
    private const int Attempts = 8;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public async ValueTask<Answer> AskAsync(SessionKey key, Command command, CancellationToken cancellationToken)
    {
        var answer = await CallAsync(key, command, static (owner, asked) => owner.AskAsync(asked), cancellationToken).ConfigureAwait(false);
        return new Answer(answer.Outcome, answer.Refusal);
    }

    public async ValueTask<Started> StartAsync(SessionKey key, StartRun start, CancellationToken cancellationToken)
    {
        var started = await CallAsync(key, start, static (owner, asked) => owner.StartAsync(asked), cancellationToken).ConfigureAwait(false);
        return started.Read(key);
    }

    public async ValueTask<OutputResult> AppendOutputAsync(OutputWrite write, CancellationToken cancellationToken)
    {
        var output = await CallAsync(
            write.Key, OwnerWrite.Of(write), static (owner, asked) => owner.AppendOutputAsync(asked), cancellationToken).ConfigureAwait(false);
        return output.Read();
    }

    private async Task<TAnswer> CallAsync<TAsked, TAnswer>(
        SessionKey key, TAsked asked, Func<IOwnerGrain, TAsked, Task<TAnswer>> call, CancellationToken cancellationToken)
    {
        var owner = grains.GetGrain<IOwnerGrain>(key.ToString());
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call(owner, asked).WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OrleansMessageRejectionException) when (attempt < Attempts)
            {
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
