using Sessions.Engine;
using Sessions.Orleans.Abstractions;

namespace Sessions.Orleans;

/// <summary>Makes the store's fault one that travels.</summary>
internal static class Unavailable
{
    public static async Task<T> TranslateAsync<T>(ValueTask<T> asked)
    {
        try
        {
            return await asked;
        }
        catch (StoreUnavailableException exception)
        {
            throw new SessionsUnavailableException(exception.Message) { Busy = exception.Busy };
        }
    }
}
