namespace Sessions.Core.Tests.Checking;

/// <summary>What every write does to the log and to the counters.</summary>
internal static class LogChecks
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new(37, "The seqs of a session are gapless", Gapless),
        new(37, "Applying the new records to the old state gives the new state", Replayed),
        new(6, "The version grows by exactly one with a decision, and with nothing else", Versions),
        new(6, "Epochs and generations never shrink", Grow),
    ];

    private static string? Gapless(Step step)
    {
        var seq = step.Before.State.LastSeq;
        foreach (var record in step.Records)
        {
            if (record.Seq != ++seq)
                return $"{record.Seq} stands where {seq} belongs";
        }

        return step.After.State.LastSeq == seq ? null : $"the state says {step.After.State.LastSeq}, the log {seq}";
    }

    private static string? Replayed(Step step)
    {
        if (!step.Changed)
            return null;

        var state = step.Before.State;
        try
        {
            foreach (var record in step.Records)
                state = Evolver.Apply(state, record);
        }
        catch (InvalidOperationException impossible)
        {
            return impossible.Message;
        }

        return Same.States(state, step.After.State) ? null : $"replayed {state}, stored {step.After.State}";
    }

    private static string? Versions(Step step)
    {
        var expected = step.Before.State.Version + (step.Accepted is null ? 0 : 1);
        if (step.After.State.Version != expected)
            return $"{step.After.State.Version} instead of {expected}";

        foreach (var record in step.Records)
        {
            if (record.Version != expected)
                return $"record {record.Seq} is of version {record.Version} instead of {expected}";
        }

        return step.Accepted is null || step.Records.Length > 0 ? null : "a decision without a record";
    }

    private static string? Grow(Step step) =>
        step.After.State.Epoch < step.Before.State.Epoch || step.After.State.Generation < step.Before.State.Generation
            ? $"{step.Before.State} became {step.After.State}"
            : null;
}
