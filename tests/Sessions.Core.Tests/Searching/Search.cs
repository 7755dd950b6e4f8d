using Sessions.Core.Tests.Checking;
using Sessions.Core.Tests.Model;

namespace Sessions.Core.Tests.Searching;

/// <summary>What a search found.</summary>
internal sealed record Result(
    int States,
    long Transitions,
    int Depth,
    bool Complete,
    int Stores,
    IReadOnlyList<Finding> Findings,
    IReadOnlyList<string> Trace)
{
    public override string ToString()
    {
        var all = Complete ? " (all of them)" : "";
        var found = Findings.Count == 0 ? "" : $"\n{string.Join("\n", Findings)}\n  {string.Join("\n  ", Trace)}";
        return $"{States:N0} states, {Transitions:N0} transitions, depth {Depth}{all}, {Stores:N0} stores drained{found}";
    }
}

/// <summary>
/// Visits every world that can be reached, breadth first, so that the first violation found has the shortest trace, and stops
/// there.
/// </summary>
internal sealed class Search(Scenario scenario)
{
    private static readonly IReadOnlyList<Rule> Rules = [.. Rule.OfEveryWrite, .. DueChecks.All];

    private readonly Canon _canon = new();
    private readonly HashSet<string> _visited = [];
    private readonly HashSet<string> _drained = [];
    private readonly List<(int Parent, string Move)> _reached = [];
    private IReadOnlyList<Finding> _findings = [];
    private long _transitions;

    public Result Run()
    {
        var depth = 0;
        var level = new List<(World World, int Index)> { (scenario.Beginning, 0) };
        _visited.Add(_canon.Of(scenario.Beginning));
        _reached.Add((-1, "the beginning"));
        while (level.Count > 0 && depth < scenario.Depth)
        {
            depth++;
            var next = new List<(World, int)>();
            foreach (var (world, index) in level)
            {
                Moves.From(world, (move, reached, step) => Arrive(move, index, reached, step, next));
                if (_findings.Count > 0)
                    return new(_reached.Count, _transitions, depth, false, _drained.Count, _findings, Trace());
            }

            level = next;
        }

        return new(_reached.Count, _transitions, depth, level.Count == 0, _drained.Count, [], []);
    }

    private void Arrive(string move, int parent, World world, Step? step, List<(World, int)> next)
    {
        if (_findings.Count > 0)
            return;

        _transitions++;
        if (step is not null)
            _findings = Wanted(Rule.Broken(step, Rules));

        var isNew = _visited.Add(_canon.Of(world));
        if (isNew && _findings.Count == 0)
            _findings = Wanted(Broken(world));

        if (!isNew && _findings.Count == 0)
            return;

        _reached.Add((parent, move));
        next.Add((world, _reached.Count - 1));
    }

    private List<Finding> Broken(World world)
    {
        var broken = new List<Finding>();
        foreach (var id in Scenario.RunIds)
        {
            if ((world.Seen & 1 << Scenario.Number(id)) != 0
                && (world.Store.State.Find(id) is not null || world.Store.FindRun(id) is not { IsTerminal: true }))
            {
                broken.Add(new(1, $"a subscriber saw the end of run {id}, a read shows it as {world.Store.FindRun(id)?.Status}"));
            }
        }

        if (_drained.Add(_canon.Of(world.Store, world.Now)) && Liveness.Broken(world.Store, world.Now) is { } stuck)
            broken.Add(stuck);

        return broken;
    }

    private IReadOnlyList<Finding> Wanted(IReadOnlyList<Finding> findings) =>
        scenario.LookFor is not { } invariant || findings.Any(finding => finding.Invariant == invariant) ? findings : [];

    private List<string> Trace()
    {
        var trace = new List<string>();
        for (var at = _reached.Count - 1; at > 0; at = _reached[at].Parent)
            trace.Add(_reached[at].Move);

        trace.Reverse();
        return trace;
    }
}
