using System.Runtime.InteropServices;

namespace Sessions.Cli;

/// <summary>Ctrl-C and SIGTERM, counted: the first asks to stop, the second to be quick about it.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _second = new();
    private readonly IDisposable _interrupts;
    private readonly PosixSignalRegistration _termination;
    private readonly CancellationTokenRegistration _cancellation;

    public StopSignals(IInterrupts interrupts, CancellationToken cancellationToken)
    {
        _interrupts = interrupts.Subscribe(Ask);
        _termination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            Ask();
        });
        _cancellation = cancellationToken.Register(Ask);
    }

    public Task First => _first.Task;

    public CancellationToken Second => _second.Token;

    public void Dispose()
    {
        _cancellation.Dispose();
        _termination.Dispose();
        _interrupts.Dispose();
    }

    private void Ask()
    {
        if (!_first.TrySetResult())
            _second.Cancel();
    }
}
