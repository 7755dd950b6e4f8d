using System.Collections.Immutable;
using Sessions.Core.Tests.Checking;
using Sessions.Core.Tests.Model;

namespace Sessions.Core.Tests.Properties;

/// <summary>Plays operations on a model store, with small timeouts.</summary>
internal sealed class Player(Fault faults)
{
    public static readonly TimeSpan LeaseTtl = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan QueueTimeout = TimeSpan.FromSeconds(5);
    private static readonly AgentName[] Names = [Samples.A, Samples.B, Samples.C, Samples.Unknown];

    private readonly List<Step> _steps = [];
    private int _runs = 100;

    public ModelStore Store { get; private set; } = ModelStore.Empty(faults);

    public DateTimeOffset Now { get; private set; } = Samples.Beginning;

    public IReadOnlyList<Step> Steps => _steps;

    public static Player Play(IEnumerable<Operation> operations, Fault faults = Fault.None)
    {
        var player = new Player(faults);
        try
        {
            foreach (var operation in operations)
                player.Play(operation);
        }
        catch (InvalidOperationException) when (faults != Fault.None)
        {
            // A broken store comes to states that the kernel refuses to go on from; what was broken shows in the steps.
        }

        return player;
    }

    /// <summary>The clock goes on and somebody sweeps, until nothing is due any more.</summary>
    public void Drain()
    {
        for (var sweeps = 0; Store.State.NextDue() is { } due && sweeps < 100; sweeps++)
        {
            if (due > Now)
                Now = due;

            Decide(new ExpireDue());
        }
    }

    private void Play(Operation operation)
    {
        switch (operation)
        {
            case Operation.Race race:
                Race(race);
                break;
            case Operation.Pass pass:
                Now += TimeSpan.FromMilliseconds(pass.Milliseconds);
                if (pass.Sweep)
                    Decide(new ExpireDue());
                break;
            case Operation.Output output:
                Write(Target(output.Aim), Batch(output.Batch), Items(Target(output.Aim).Run, output.Kind));
                break;
            case Operation.Heartbeat heartbeat:
                Write(Target(heartbeat.Aim), null, []);
                break;
            default:
                Decide(Command(operation));
                break;
        }
    }

    private void Race(Operation.Race race)
    {
        if (race.First is Operation.Pass or Operation.Output or Operation.Heartbeat)
        {
            Play(race.Between);
            Play(race.First);
            return;
        }

        var loaded = Store.Load(Command(race.First), Now);
        Play(race.Between);
        Finish(loaded);
    }

    private void Decide(Command command) => Finish(Store.Load(command, Now));

    /// <summary>Commits what was decided on what was loaded; when the fence refuses it, decides again.</summary>
    private void Finish(Loaded loaded)
    {
        for (var conflicts = 0; ; conflicts++)
        {
            var decision = loaded.Decide();
            var next = decision is Decision.Accepted accepted ? Store.Commit(accepted, loaded) : Store;
            if (next is null)
            {
                loaded = Store.Load(loaded.Command, Now);
                continue;
            }

            // What changes nothing was true when it was read.
            var before = decision is Decision.Accepted ? Store : loaded.Store;
            Add(new()
            {
                Before = before,
                After = decision is Decision.Accepted ? next : before,
                Now = Now,
                DecidedAt = loaded.Now,
                Command = loaded.Command,
                Decision = decision,
                Conflicts = conflicts,
            });
            Store = next;
            return;
        }
    }

    private void Write((RunId Run, long Epoch) target, long? batch, IReadOnlyList<OutputEvent> items)
    {
        var (next, verdict) = Store.Output(target.Run, target.Epoch, batch, items, Now, LeaseTtl);
        Add(new()
        {
            Before = Store,
            After = next,
            Now = Now,
            Write = new(target.Run, target.Epoch, batch, items),
            Verdict = verdict,
        });
        Store = next;
    }

    private void Add(Step step) => _steps.Add(step);

    private Command Command(Operation operation) => operation switch
    {
        Operation.Create create => new CreateSession(Agent(create.Agent), Title(create.Title), null, Samples.Agents),
        Operation.Update update => new UpdateSession(Title(update.Title), null),
        Operation.Send send => Send(send),
        Operation.Start start => new StartRun(new($"w{start.Worker}"), Agents(start.Agents), LeaseTtl),
        Operation.Complete complete =>
            new CompleteRun(Target(complete.Aim).Run, Target(complete.Aim).Epoch, complete.Whole ? "whole answer" : null, null),
        Operation.Fail fail => new FailRun(Target(fail.Aim).Run, Target(fail.Aim).Epoch, Error(fail.Code), fail.Phase),
        Operation.Return back => new ReturnRun(Target(back.Aim).Run, Target(back.Aim).Epoch),
        Operation.AbortSession => new AbortRuns(null, null, AbortReason.User, Samples.Agents),
        Operation.AbortRun abort => new AbortRuns(AnyRun(abort.Run), null, AbortReason.User, Samples.Agents),
        Operation.AbortKey abort => new AbortRuns(null, $"k{abort.Key}", AbortReason.User, Samples.Agents),
        Operation.Expire => new ExpireDue(),
        Operation.Reset => new ResetSession(),
        Operation.Delete => new DeleteSession(),
        _ => throw new InvalidOperationException($"No command for {operation}."),
    };

    private SendMessage Send(Operation.Send send) => new()
    {
        RunId = send.Run > 0 ? new($"r{send.Run}") : new($"r{++_runs}"),
        Text = $"text {send.Payload}",
        Agent = Agent(send.Agent),
        IdempotencyKey = send.Key > 0 ? $"k{send.Key}" : null,
        Fingerprint = $"text {send.Payload}",
        IfBusy = send.IfBusy,
        Timeout = Timeout,
        QueueTimeout = QueueTimeout,
        MaxAttempts = send.MaxAttempts,
        MaxQueued = send.MaxQueued,
        Agents = Samples.Agents,
    };

    private (RunId Run, long Epoch) Target(Aim aim)
    {
        var state = Store.State;
        var nobody = new RunId("nobody");
        var ended = Store.Runs.LastOrDefault(run => run.IsTerminal);
        return aim switch
        {
            Aim.Current => (state.Active?.Id ?? nobody, state.Epoch),
            Aim.OldEpoch => (state.Active?.Id ?? nobody, state.Epoch - 1),
            Aim.NewEpoch => (state.Active?.Id ?? nobody, state.Epoch + 1),
            Aim.Ended => (ended?.Id ?? nobody, ended?.Epoch ?? 0),
            Aim.Waiting => (state.Queue.IsEmpty ? nobody : state.Queue[0].Id, state.Queue.IsEmpty ? 0 : state.Queue[0].Epoch),
            Aim.EndedAtCurrentEpoch => (ended?.Id ?? nobody, state.Epoch),
            Aim.NoRun => (nobody, state.Epoch),
            _ => throw new InvalidOperationException($"No target for {aim}."),
        };
    }

    private RunId AnyRun(int number) => Store.Runs.IsEmpty ? new("nobody") : Store.Runs[number % Store.Runs.Length].Id;

    private long? Batch(int? step) => step is { } by ? (Store.State.Lease?.LastBatch ?? 0) + by : null;

    private static AgentName? Agent(int number) => number == 0 ? null : Names[number - 1];

    private static ImmutableHashSet<AgentName> Agents(int bits) =>
        [.. Names.Where((_, at) => (bits & 1 << at) != 0)];

    private static string? Title(int number) => number switch { 0 => null, 1 => "", _ => "title" };

    private static OutputEvent[] Items(RunId run, int kind) => kind switch
    {
        0 => [new RunDelta(run, "a")],
        1 => [new RunContent(run, "block")],
        2 => [new RunNotice(run, "note")],
        3 => [new RunTool(run, "t1", "search", ToolPhase.Started, "{}", null)],
        _ => [new RunDelta(run, "b"), new RunNotice(run, "note"), new RunDelta(run, "c")],
    };

    private static RunError Error(int code) => code switch
    {
        0 => new("start_failed", "no such file"),
        1 => new("agent_error", "it broke"),
        2 => new(RunErrorCode.WorkerExited, "exit 1"),
        3 => new(RunErrorCode.WorkerShutdown, "drained"),
        _ => new(RunErrorCode.WorkerLost, "gone"),
    };
}
