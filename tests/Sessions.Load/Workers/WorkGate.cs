using System.Diagnostics;

namespace Sessions.Load;

/// <summary>Where runs wait until all of them are there.</summary>
internal sealed class WorkGate
{
    private readonly TaskCompletionSource<long> _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Open() => _open.TrySetResult(Stopwatch.GetTimestamp());

    /// <summary>Waits for it.</summary>
    /// <returns>When it was opened.</returns>
    public Task<long> PassAsync(CancellationToken cancellationToken) => _open.Task.WaitAsync(cancellationToken);
}
