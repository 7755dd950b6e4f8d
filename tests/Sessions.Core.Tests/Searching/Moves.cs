using Sessions.Core.Tests.Checking;
using Sessions.Core.Tests.Model;

namespace Sessions.Core.Tests.Searching;

/// <summary>Takes a move: its name, the world after it, and the step on the store, if it was one.</summary>
internal delegate void Visit(string move, World next, Step? step);

/// <summary>Everything that can happen next in a world.</summary>
internal static class Moves
{
    private static readonly string[] Replicas = ["A", "B"];

    private static readonly Dictionary<(string What, int Replica, int Request), string> Names = [];

    public static void From(World world, Visit visit)
    {
        for (var replica = 0; replica < 2; replica++)
        {
            // Idle replicas are alike: which of the two begins makes no difference.
            if (world[replica].IsIdle)
            {
                if (replica == 0 || !world.A.IsIdle)
                    Load(world, replica, visit);
            }
            else
            {
                if (world[replica].Decision is not null)
                    Commit(world, replica, visit);
                else
                    Publish(world, replica, visit);

                Crash(world, replica, visit);
            }
        }

        for (var worker = 1; worker <= 2; worker++)
        {
            if (world.Held(worker) is { } held)
                Work(world, worker, held, visit);
        }

        if (world.Budget.Ticks > 0)
        {
            var budget = world.Budget with { Ticks = world.Budget.Ticks - 1 };
            visit("the clock ticks", world with { Clock = world.Clock + 1, Budget = budget }, null);
        }
    }

    private static void Load(World world, int replica, Visit visit)
    {
        foreach (var request in Scenario.Requests)
        {
            if (request.IsOnce && (world.Budget.Requests & 1 << request.Id) == 0)
                continue;

            if (request.Id == 8 && world.Store.Faults.HasFlag(Fault.NoSweeper))
                continue;

            if (request.Make(request.Worker == 0 ? null : world.Held(request.Worker)) is not { } command)
                continue;

            var loaded = world.Store.Load(command, world.Now);
            var decision = loaded.Decide();
            var budget = world.Budget with { Requests = world.Budget.Requests & ~(1 << request.Id) };
            if (decision is Decision.Accepted accepted)
            {
                var early = world.Store.Faults.HasFlag(Fault.PublishBeforeCommit) ? Ended(accepted) : 0;
                var next = world.With(replica, Replica.Deciding(request, loaded, accepted));
                next = next with { Budget = budget, Seen = world.Seen | early };
                visit(Name("loads and decides", replica, request), next, null);
                continue;
            }

            var step = new Step
            {
                Before = world.Store,
                After = world.Store,
                Now = world.Now,
                DecidedAt = world.Now,
                Command = command,
                Decision = decision,
            };
            visit(Name("answers without a change", replica, request), world with { Budget = budget }, step);
        }
    }

    private static void Commit(World world, int replica, Visit visit)
    {
        var (request, loaded, decision) = (world[replica].Request!, world[replica].Loaded!, world[replica].Decision!);
        if (world.Store.Commit(decision, loaded) is not { } store)
        {
            visit(Name("is fenced off", replica, request), Again(world.With(replica, Replica.Idle), request), null);
            return;
        }

        var ended = 0;
        Claim? claim = null;
        foreach (var record in store.Written)
        {
            if (record.Event is RunEnded run)
                ended |= 1 << Scenario.Number(run.RunId);
            else if (record.Event is RunStarted started)
                claim = new(started.RunId, started.Epoch);
        }

        var step = new Step
        {
            Before = world.Store,
            After = store,
            Now = world.Now,
            DecidedAt = loaded.Now,
            Command = loaded.Command,
            Decision = decision,
        };
        var next = world.With(replica, Replica.Publishing(request, ended, claim)) with { Store = store };
        visit(Name("commits", replica, request), next, step);
    }

    private static void Publish(World world, int replica, Visit visit)
    {
        var (request, ended, reply) = (world[replica].Request!, world[replica].Ended, world[replica].Reply);
        var next = world.With(replica, Replica.Idle) with { Seen = world.Seen | ended };

        // The answer reaches the worker: with its claim, or that its report is in.
        if (request.Worker > 0)
            next = next.Holding(request.Worker, reply);

        visit(Name("publishes and answers", replica, request), next, null);
    }

    private static void Crash(World world, int replica, Visit visit)
    {
        if (world.Budget.ReplicaCrashes == 0)
            return;

        var crashed = world.With(replica, Replica.Idle) with
        {
            Budget = world.Budget with { ReplicaCrashes = world.Budget.ReplicaCrashes - 1 },
        };
        visit(Name("crashes at", replica, world[replica].Request!), Again(crashed, world[replica].Request!), null);
    }

    private static void Work(World world, int worker, Claim held, Visit visit)
    {
        if (world.Budget.Outputs > 0)
        {
            var budget = world.Budget with { Outputs = world.Budget.Outputs - 1 };
            var delta = new RunDelta(held.Run, held.Epoch == 1 ? "1" : "2");
            Write(world with { Budget = budget }, Name("streams", worker), held, [delta], visit);
        }

        if (world.Budget.Heartbeats > 0)
        {
            var budget = world.Budget with { Heartbeats = world.Budget.Heartbeats - 1 };
            Write(world with { Budget = budget }, Name("beats", worker), held, [], visit);
        }

        if (world.Budget.WorkerCrashes > 0)
        {
            var budget = world.Budget with { WorkerCrashes = world.Budget.WorkerCrashes - 1 };
            visit(Name("crashes", worker), world.Holding(worker, null) with { Budget = budget }, null);
        }
    }

    private static void Write(World world, string name, Claim held, OutputEvent[] items, Visit visit)
    {
        var (store, verdict) = world.Store.Output(held.Run, held.Epoch, null, items, world.Now, Scenario.LeaseTtl);
        var step = new Step
        {
            Before = world.Store,
            After = store,
            Now = world.Now,
            Write = new(held.Run, held.Epoch, null, items),
            Verdict = verdict,
        };
        visit(name, world with { Store = store }, step);
    }

    /// <summary>Its client asks again.</summary>
    private static World Again(World world, Request request) => request.IsOnce
        ? world with { Budget = world.Budget with { Requests = world.Budget.Requests | 1 << request.Id } }
        : world;

    private static int Ended(Decision.Accepted decision)
    {
        var ended = 0;
        foreach (var happened in decision.Events)
        {
            if (happened is RunEnded run)
                ended |= 1 << Scenario.Number(run.RunId);
        }

        return ended;
    }

    private static string Name(string what, int replica, Request request)
    {
        if (!Names.TryGetValue((what, replica, request.Id), out var name))
            Names[(what, replica, request.Id)] = name = $"replica {Replicas[replica]} {what}: {request.Name}";

        return name;
    }

    private static string Name(string what, int worker) => worker == 1 ? $"worker 1 {what}" : $"worker 2 {what}";
}
