using System.Collections.Immutable;

namespace Sessions.Core.Tests.Deciding;

public sealed class SessionLifecycleTests
{
    private static readonly ImmutableSortedDictionary<string, string> Metadata = SessionState.NoMetadata.Add("team", "blue");

    private readonly Conversation _session = new();

    [Fact]
    public void A_session_is_created_with_what_was_asked_for()
    {
        var told = _session.Accept<SessionOutcome>(new CreateSession(Samples.B, "Hi", Metadata, Samples.Agents));

        Assert.True(told.Created);
        var shown = _session.Shown;
        Assert.Equal((Samples.B, "Hi", SessionStatus.Idle), (shown.Agent, shown.Title, shown.Status));
        Assert.Equal((1L, 1L), (shown.Version, shown.Generation));
        Assert.Equal(Metadata, shown.Metadata);
        Assert.Equal(Binding.None, shown.Binding);
    }

    [Fact]
    public void A_session_that_names_no_agent_gets_the_default()
    {
        _session.Accept<SessionOutcome>(new CreateSession(null, null, null, Samples.Agents));
        Assert.Equal(Samples.Agents.Default, _session.Shown.Agent);
    }

    [Fact]
    public void A_session_is_not_created_for_an_agent_that_there_is_not() =>
        _session.Refuse(RefusalCode.AgentNotFound, new CreateSession(Samples.Unknown, null, null, Samples.Agents));

    [Fact]
    public void Creating_it_again_agrees_with_what_is_the_same_or_not_said()
    {
        _session.Accept<SessionOutcome>(new CreateSession(Samples.A, "Hi", Metadata, Samples.Agents));
        Assert.False(_session.Keep<SessionOutcome>(new CreateSession(Samples.A, "Hi", Metadata, Samples.Agents)).Created);
        _session.Keep<SessionOutcome>(new CreateSession(null, null, null, Samples.Agents));
    }

    [Fact]
    public void Creating_it_again_conflicts_with_what_differs()
    {
        _session.Accept<SessionOutcome>(new CreateSession(Samples.A, "Hi", Metadata, Samples.Agents));
        _session.Refuse(RefusalCode.SessionConflict, new CreateSession(Samples.B, null, null, Samples.Agents));
        _session.Refuse(RefusalCode.SessionConflict, new CreateSession(null, "Ho", null, Samples.Agents));
        _session.Refuse(RefusalCode.SessionConflict, new CreateSession(null, null, SessionState.NoMetadata, Samples.Agents));
    }

    [Fact]
    public void An_update_changes_what_is_given_and_an_empty_title_removes_it()
    {
        _session.Refuse(RefusalCode.SessionNotFound, new UpdateSession("Hi", null));
        _session.Accept<SessionOutcome>(new CreateSession(null, "Hi", null, Samples.Agents));
        _session.Accept<SessionOutcome>(new UpdateSession(null, Metadata));
        Assert.Equal("Hi", _session.Shown.Title);

        _session.Accept<SessionOutcome>(new UpdateSession("", null));
        Assert.Null(_session.Shown.Title);
        Assert.Equal(Metadata, _session.Shown.Metadata);
    }

    [Fact]
    public void An_update_that_changes_nothing_is_no_new_version()
    {
        _session.Accept<SessionOutcome>(new CreateSession(null, "Hi", null, Samples.Agents));
        _session.Keep<SessionOutcome>(new UpdateSession("Hi", SessionState.NoMetadata));
        Assert.Equal(1, _session.Shown.Version);
    }

    [Fact]
    public void A_reset_aborts_every_run_and_begins_a_generation_without_binding_or_error()
    {
        _session.SendAndStart("r1");
        _session.Send("r2");
        _session.Accept<SessionOutcome>(new ResetSession());

        Assert.Equal(AbortReason.SessionReset, _session.Run("r1").AbortReason);
        Assert.Equal(AbortReason.SessionReset, _session.Run("r2").AbortReason);
        Assert.Equal((SessionStatus.Idle, 2L), (_session.Shown.Status, _session.Shown.Generation));
        Assert.Equal(Binding.None, _session.Shown.Binding);
        Assert.Null(_session.Shown.LastRun);
        Assert.Equal(_session.State.LastSeq, _session.State.GenerationSeq);
    }

    [Fact]
    public void A_key_keeps_its_meaning_over_a_reset()
    {
        _session.Send("r1", key: "k");
        _session.Accept<SessionOutcome>(new ResetSession());
        Assert.Equal(new("r1"), _session.Keep<SendOutcome>(Samples.Send("r2", "k")).Run!.Id);
    }

    [Fact]
    public void A_deletion_aborts_every_run_and_the_id_does_not_come_back()
    {
        _session.SendAndStart("r1");
        _session.Send("r2");
        _session.Accept<SessionOutcome>(new DeleteSession());

        Assert.True(_session.Shown.Deleted);
        Assert.Equal(AbortReason.SessionDeleted, _session.Run("r1").AbortReason);
        _session.Keep<SessionOutcome>(new DeleteSession());
        _session.Refuse(RefusalCode.SessionDeleted, Samples.Send("r3"));
        _session.Refuse(RefusalCode.SessionDeleted, new CreateSession(null, null, null, Samples.Agents));
        _session.Refuse(RefusalCode.SessionDeleted, new AbortRuns(null, "k", AbortReason.User, Samples.Agents));
        _session.Refuse(RefusalCode.SessionDeleted, new ResetSession());
    }

    [Fact]
    public void What_was_never_there_is_not_deleted() => _session.Refuse(RefusalCode.SessionNotFound, new DeleteSession());
}
