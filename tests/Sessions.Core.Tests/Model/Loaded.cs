namespace Sessions.Core.Tests.Model;

/// <summary>What a replica read to decide on a command: old as soon as somebody else commits.</summary>
internal sealed record Loaded(ModelStore Store, Command Command, DateTimeOffset Now)
{
    public Decision Decide()
    {
        var command = Store.Faults.HasFlag(Fault.EpochFenceOff) ? UnderTheCurrentLease(Command) : Command;
        return Decider.Decide(Store.State, command, Store.Facts(command), Now);
    }

    private Command UnderTheCurrentLease(Command command) => (command, Store.State.Active) switch
    {
        (CompleteRun complete, { } active) => complete with { RunId = active.Id, Epoch = active.Epoch },
        (FailRun fail, { } active) => fail with { RunId = active.Id, Epoch = active.Epoch },
        _ => command,
    };
}
