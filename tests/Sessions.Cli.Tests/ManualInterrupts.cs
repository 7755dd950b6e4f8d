namespace Sessions.Cli.Tests;

/// <summary>Ctrl-C, when a test presses it.</summary>
internal sealed class ManualInterrupts : IInterrupts
{
    private readonly Lock _gate = new();
    private readonly List<Action> _subscribers = [];

    public IDisposable Subscribe(Action onInterrupt)
    {
        lock (_gate)
        {
            _subscribers.Add(onInterrupt);
        }

        return new Subscription(this, onInterrupt);
    }

    public void Press()
    {
        Action[] subscribers;
        lock (_gate)
        {
            subscribers = [.. _subscribers];
        }

        Assert.NotEmpty(subscribers);
        Array.ForEach(subscribers, subscriber => subscriber());
    }

    private sealed class Subscription(ManualInterrupts interrupts, Action onInterrupt) : IDisposable
    {
        public void Dispose()
        {
            lock (interrupts._gate)
            {
                interrupts._subscribers.Remove(onInterrupt);
            }
        }
    }
}
