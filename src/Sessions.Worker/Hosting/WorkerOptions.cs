using System.Text.RegularExpressions;
using Sessions.Protocol;

namespace Sessions.Worker;

/// <summary>How a worker works.</summary>
public sealed partial record WorkerOptions
{
    /// <summary>
    /// Names the worker in claims and on runs: <c>[A-Za-z0-9._:-]{1,128}</c>, unique among the workers that live at the
    /// same time. Default: one made up from a random UUID.
    /// </summary>
    public string WorkerId { get; init; } = $"worker-{Guid.CreateVersion7():n}";

    /// <summary>How many runs are executed at the same time, over all agents: 1 to 10,000. Default: 64.</summary>
    public int MaxConcurrency { get; init; } = 64;

    /// <summary>How long one claim waits for a run: 0 to 60 s. Default: 20 s.</summary>
    public TimeSpan ClaimWait { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long running runs may go on when the worker is stopped: 0 to 1 h. Default: 10 s.</summary>
    public TimeSpan DrainGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an agent may take to let go once it is cancelled: 0 to 10 min. Default: 5 s.</summary>
    public TimeSpan AgentStopGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Throws, naming the option, when one has a value that it can't have.</summary>
    /// <exception cref="ArgumentException">One has.</exception>
    public void Validate()
    {
        if (WorkerId is null || !Id().IsMatch(WorkerId))
            throw new ArgumentException($"{nameof(WorkerId)} must match [A-Za-z0-9._:-]{{1,128}}.");
        if (MaxConcurrency is < 1 or > 10_000)
            throw new ArgumentException($"{nameof(MaxConcurrency)} must be 1 to 10,000.");
        Within(ClaimWait, TimeSpan.FromSeconds(Limits.WaitSeconds), nameof(ClaimWait));
        Within(DrainGrace, TimeSpan.FromHours(1), nameof(DrainGrace));
        Within(AgentStopGrace, TimeSpan.FromMinutes(10), nameof(AgentStopGrace));
    }

    private static void Within(TimeSpan value, TimeSpan max, string name)
    {
        if (value < TimeSpan.Zero || value > max)
            throw new ArgumentException($"{name} must be 0 to {max}.");
    }

    [GeneratedRegex(@"\A[A-Za-z0-9._:-]{1,128}\z")]
    private static partial Regex Id();
}
