namespace Sessions.Core.Tests.Checking;

/// <summary>What a repeated send gets.</summary>
internal static class AdmissionChecks
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new(17, "The same key and payload give the same run", SameRun),
        new(18, "The same key with another payload is refused", OtherPayload),
        new(20, "A lost race is decided again and then answered", Answered),
    ];

    private static string? SameRun(Step step)
    {
        if (Known(step, samePayload: true) is not { } known)
            return null;

        var told = (step.Decision as Decision.Unchanged)?.Outcome as SendOutcome;
        return !step.Changed && told is { Deduplicated: true } && told.Run?.Id == known.Run
            ? null
            : $"the key of run {known.Run} was answered {step.Decision}";
    }

    private static string? OtherPayload(Step step) =>
        Known(step, samePayload: false) is { } known && (step.Changed || step.Refused != RefusalCode.IdempotencyKeyReused)
            ? $"the key of run {known.Run} was answered {step.Decision}"
            : null;

    private static string? Answered(Step step) => step.Conflicts <= 1 ? null : $"{step.Command} lost {step.Conflicts} races";

    private static KeyOfRun? Known(Step step, bool samePayload) =>
        step is { Command: SendMessage { IdempotencyKey: { } key } send, Before.State.Existence: SessionExistence.Live }
        && step.Before.FindKey(key) is KeyOfRun known
        && known.Fingerprint == send.Fingerprint == samePayload
            ? known
            : null;
}
