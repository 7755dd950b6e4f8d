using System.Runtime.InteropServices;

namespace Sessions.Cli;

/// <summary>Ctrl-C.</summary>
internal interface IInterrupts
{
    /// <summary>Calls back on each Ctrl-C, instead of ending the process, until the subscription is disposed of.</summary>
    IDisposable Subscribe(Action onInterrupt);
}

/// <summary>Ctrl-C as the signal SIGINT.</summary>
internal sealed class SigintInterrupts : IInterrupts
{
    public IDisposable Subscribe(Action onInterrupt) => new Subscription(onInterrupt);

    /// <summary>A signal already under way outlives its registration, but must not reach what is disposed of.</summary>
    private sealed class Subscription : IDisposable
    {
        private readonly Lock _gate = new();
        private readonly PosixSignalRegistration _registration;
        private Action? _onInterrupt;

        public Subscription(Action onInterrupt)
        {
            _onInterrupt = onInterrupt;
            _registration = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        }

        public void Dispose()
        {
            lock (_gate)
            {
                _onInterrupt = null;
            }

            _registration.Dispose();
        }

        private void OnSignal(PosixSignalContext context)
        {
            lock (_gate)
            {
                context.Cancel = _onInterrupt is not null;
                _onInterrupt?.Invoke();
            }
        }
    }
}

/// <summary>A cancellation that Ctrl-C triggers.</summary>
internal sealed class InterruptedSource : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly IDisposable _subscription;

    public InterruptedSource(IInterrupts interrupts, CancellationToken cancellationToken)
    {
        _source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _subscription = interrupts.Subscribe(_source.Cancel);
    }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        _subscription.Dispose();
        _source.Dispose();
    }
}
