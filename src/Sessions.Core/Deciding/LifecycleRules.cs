using System.Collections.Immutable;

namespace Sessions.Core;

/// <summary>The rules of a session's own life.</summary>
internal static class LifecycleRules
{
    public static Decision Create(SessionState state, CreateSession command, DateTimeOffset now)
    {
        if (state.Existence == SessionExistence.Deleted)
            return new Decision.Refused(Decider.Deleted(state));

        if (state.Existence == SessionExistence.Live)
            return Agree(state, command);

        if (command.Agent is { } agent && !command.Agents.Names.Contains(agent))
            return Decider.Refuse(RefusalCode.AgentNotFound, $"There is no agent '{agent}'.");

        var draft = new Draft(state, now);
        draft.Emit(new SessionCreated(
            command.Agent ?? command.Agents.Default,
            string.IsNullOrEmpty(command.Title) ? null : command.Title,
            command.Metadata ?? SessionState.NoMetadata));
        return draft.Accept(new SessionOutcome(SessionSnapshot.Of(draft.State), Created: true));
    }

    public static Decision Update(SessionState state, UpdateSession command, DateTimeOffset now)
    {
        var title = command.Title is null ? state.Title : command.Title.Length == 0 ? null : command.Title;
        var metadata = command.Metadata ?? state.Metadata;
        if (title == state.Title && Same(metadata, state.Metadata))
            return new Decision.Unchanged(new SessionOutcome(SessionSnapshot.Of(state)));

        var draft = new Draft(state, now);
        draft.Emit(new SessionUpdated(title, metadata, null));
        return draft.Accept(new SessionOutcome(SessionSnapshot.Of(draft.State)));
    }

    public static Decision Reset(SessionState state, DateTimeOffset now)
    {
        var draft = new Draft(state, now);
        draft.AbortAll(AbortReason.SessionReset);
        draft.Emit(new SessionReset());
        return draft.Accept(new SessionOutcome(SessionSnapshot.Of(draft.State)));
    }

    public static Decision Delete(SessionState state, DateTimeOffset now)
    {
        if (state.Existence == SessionExistence.Deleted)
            return new Decision.Unchanged(new SessionOutcome(SessionSnapshot.Of(state)));

        if (Decider.Existing(state) is { } refusal)
            return new Decision.Refused(refusal);

        var draft = new Draft(state, now);
        draft.AbortAll(AbortReason.SessionDeleted);
        draft.Emit(new SessionDeleted());
        return draft.Accept(new SessionOutcome(SessionSnapshot.Of(draft.State)));
    }

    private static Decision Agree(SessionState state, CreateSession command)
    {
        var differs =
            command.Agent is { } agent && agent != state.Agent ? "agent"
            : command.Title is { } title && title != (state.Title ?? "") ? "title"
            : command.Metadata is { } metadata && !Same(metadata, state.Metadata) ? "metadata"
            : null;
        return differs is null
            ? new Decision.Unchanged(new SessionOutcome(SessionSnapshot.Of(state)))
            : Decider.Refuse(RefusalCode.SessionConflict, $"Session '{state.Key.Session}' exists with another {differs}.");
    }

    private static bool Same(ImmutableSortedDictionary<string, string> one, ImmutableSortedDictionary<string, string> other) =>
        ReferenceEquals(one, other) || one.SequenceEqual(other);
}
