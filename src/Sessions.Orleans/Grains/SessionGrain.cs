using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Orleans;

/// <summary>
/// A session's owner: hosts the same handler as engine <c>direct</c>, over the same fenced store, one command at a time. That
/// there is one activation is an optimisation. Another one, or another engine over the same store, makes it lose a race:
/// then it decides again on what is true, and makes way.
/// </summary>
internal sealed partial class SessionGrain : Grain, IOwnerGrain, ISessionOwner
{
    private readonly OrleansEngine _engine;
    private readonly SessionKey _key;
    private readonly DueTimer _due;
    private long _known = long.MaxValue;

    public SessionGrain(OrleansEngine engine)
    {
        _engine = engine;
        _key = GrainKey.Read(this.GetPrimaryKeyString());
        _due = new DueTimer(this, engine.Store, _key, ExpireAsync, DelayDeactivation);
    }

    public async Task<OwnerAnswer> AskAsync(Command command)
    {
        var handled = await HandleAsync(command);
        return new OwnerAnswer(handled.Outcome, handled.Refusal);
    }

    public async Task<OwnerStarted> StartAsync(StartRun start) =>
        OwnerStarted.Of(LocalOwner.StartedBy(await HandleAsync(start), start.LeaseTtl));

    public async Task<OwnerOutput> AppendOutputAsync(OwnerWrite write) =>
        OwnerOutput.Of(await Unavailable.TranslateAsync(_engine.Here.AppendOutputAsync(write.Read(_key), CancellationToken.None)));

    async ValueTask<Answer> ISessionOwner.AskAsync(SessionKey key, Command command, CancellationToken cancellationToken)
    {
        var handled = await HandleAsync(command);
        return new Answer(handled.Outcome, handled.Refusal);
    }

    ValueTask<Started> ISessionOwner.StartAsync(SessionKey key, StartRun start, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Frontends start no runs.");

    ValueTask<OutputResult> ISessionOwner.AppendOutputAsync(OutputWrite write, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Frontends report no output.");

    private async Task<Handled> HandleAsync(Command command)
    {
        var handled = await Unavailable.TranslateAsync(_engine.Handler.HandleAsync(_key, command, CancellationToken.None));
        _due.Await(handled.State.NextDue(), handled.State.UpdatedAt);
        var isOvertaken = handled.DecidedOn > _known;
        _known = handled.State.Version;
        if (isOvertaken)
        {
            _engine.Log.Overtaken(_key.Session.Value);
            DeactivateOnIdle();
        }

        return handled;
    }

    private Task<Handled> ExpireAsync() => HandleAsync(new ExpireDue());
}
