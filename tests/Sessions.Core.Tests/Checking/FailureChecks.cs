namespace Sessions.Core.Tests.Checking;

/// <summary>What a failed start leaves: an error that everybody sees, no invented binding, and a session that goes on.</summary>
internal static class FailureChecks
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new(9, "A failure is visible as a new version with its error", Visible),
        new(9, "The binding is the agent that has run, and no other", Binding),
        new(9, "A session rests in error with a binding and is stopped without", Rest),
        new(9, "The corrected next send works", NextSendWorks),
    ];

    private static string? Visible(Step step)
    {
        if (step.Records.LastOrDefault(record => record.Event is RunFailed)?.Event is not RunFailed failed)
            return null;

        return step.After.State.Version > step.Before.State.Version
            && step.After.State.LastError is { } error && error.Run == failed.RunId && error.Error == failed.Run.Error
            ? null
            : $"run {failed.RunId} failed with {failed.Run.Error}, the session says {step.After.State.LastError}";
    }

    private static string? Binding(Step step)
    {
        var binding = step.After.State.Binding;
        return binding.Agent == step.After.Audit.Bound && binding.State == BindingState.None == binding.Agent is null
            ? null
            : $"{binding}, by the log {step.After.Audit.Bound?.ToString() ?? "none"}";
    }

    private static string? Rest(Step step)
    {
        var state = step.After.State;
        if (state is { Rest: RestStatus.Error, Binding.State: BindingState.None })
            return "error without a binding";

        if (state is { Rest: RestStatus.Stopped, Binding.State: BindingState.Bound })
            return "stopped with a binding";

        return state.Rest == RestStatus.Idle && step.Records.Any(record => record.Event is RunFailed)
            ? "idle after a failure"
            : null;
    }

    private static string? NextSendWorks(Step step)
    {
        var state = step.After.State;
        if (state.Existence != SessionExistence.Live || state.HasActiveRun || state.LastError is null)
            return null;

        var send = Samples.Send("next", agent: state.Binding.Agent);
        var loaded = step.After.Load(send, step.Now);
        if (loaded.Decide() is not Decision.Accepted accepted || step.After.Commit(accepted, loaded) is not { } sent)
            return $"it was answered {loaded.Decide()}";

        var claim = sent.Load(Samples.Start(), step.Now);
        return claim.Decide() is Decision.Accepted { Outcome: StartOutcome { Run.Id.Value: "next" } }
            ? null
            : $"its start was answered {claim.Decide()}";
    }
}
