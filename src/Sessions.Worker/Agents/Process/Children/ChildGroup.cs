using System.Runtime.InteropServices;

namespace Sessions.Worker;

/// <summary>
/// A child and its process group, which has the child's id. The child is not reaped before the group is sent its first
/// signal: until then, and as long as a process of the group is left, the system gives the id to no one else.
/// </summary>
internal sealed class ChildGroup
{
    private const int StackBytes = 256 * 1024;
    private static readonly TimeSpan KillAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan GoneWithin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Probe = TimeSpan.FromMilliseconds(20);

    private readonly TaskCompletionSource<ChildExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ChildGroup(int id)
    {
        Id = id;
        GroupWatchdog.Shared.Add(id);

        // A thread that waits costs less than the process that it waits for, and tells its end at once.
        var waiting = new Thread(() => _exited.SetResult(ChildWait.ForExit(Id)), StackBytes) { IsBackground = true };
        waiting.Start();
    }

    public int Id { get; }

    /// <summary>Ends when the child has exited, whatever it has left behind.</summary>
    public Task<ChildExit> Exited => _exited.Task;

    /// <summary>Ends what is left of the group: SIGTERM after the patience or the child's exit, SIGKILL 5 s after that.</summary>
    public async Task EndAsync(TimeSpan patience, TimeProvider timeProvider)
    {
        if (patience > TimeSpan.Zero)
            await ExitsWithinAsync(patience, timeProvider);

        Signal(Libc.SigTerm);
        var isGone = await IsGoneWithinAsync(KillAfter, timeProvider);
        if (!isGone)
        {
            Signal(Libc.SigKill);
            isGone = await IsGoneWithinAsync(GoneWithin, timeProvider);
        }

        if (isGone)
            GroupWatchdog.Shared.Remove(Id);
    }

    private void Signal(int signal) => Libc.Kill(-Id, signal);

    private async Task<bool> IsGoneWithinAsync(TimeSpan time, TimeProvider timeProvider)
    {
        var from = timeProvider.GetTimestamp();
        if (!await ExitsWithinAsync(time, timeProvider))
            return false;

        // Only who leaves processes behind gets here more than once.
        while (!IsGone())
        {
            if (timeProvider.GetElapsedTime(from) >= time)
                return false;
            await Task.Delay(Probe, timeProvider);
        }

        return true;
    }

    private async Task<bool> ExitsWithinAsync(TimeSpan time, TimeProvider timeProvider)
    {
        try
        {
            await Exited.WaitAsync(time, timeProvider);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private bool IsGone()
    {
        ChildWait.Reap(Id);
        return Libc.Kill(-Id, 0) != 0 && Marshal.GetLastPInvokeError() == Libc.NoSuchProcess;
    }
}
