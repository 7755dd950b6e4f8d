using Sessions.Protocol;
using Sessions.Testing.Fakes;
using static Sessions.Testing.Fakes.Wire;

namespace Sessions.Client.Tests.Runs;

public sealed class RunEventsTests : ClientTest
{
    private const string Events = "/v1/sessions/s1/events";

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Server.On("POST", "/v1/sessions/s1/messages", Plays.Sent(Run()));
    }

    [Fact]
    public async Task A_run_s_events_end_with_the_terminal_one()
    {
        Server.On("GET", Events, Plays.Stream(
            Queued(2), Started(5), Synchronized(5), Delta(6, "hel"), Delta(9, "lo"), Completed(10, "hello"), End()));

        Assert.Equal(
            ["2 run.queued", "5 run.started", "6 run.delta", "9 run.delta", "10 run.completed"], await WordsAsync());
        Assert.Equal($"{Events}?after=0&runId=r1", Server.SeenOf("GET")[0].Target);
    }

    [Fact]
    public async Task A_cut_right_before_end_does_not_take_back_the_terminal_event()
    {
        Server.On("GET", Events, Plays.Cut(Queued(2), Completed(10, "hello")));

        Assert.Equal(["2 run.queued", "10 run.completed"], await WordsAsync());
        Assert.Single(Server.SeenOf("GET"));
    }

    [Fact]
    public async Task A_stream_closed_before_the_terminal_event_is_never_success()
    {
        Server.On("GET", Events,
            Plays.Stream(Queued(2), Delta(6, "hel")),
            Plays.Stream(Failed(9, "hel"), End()));

        Assert.Equal(["2 run.queued", "6 run.delta", "9 run.failed"], await WordsAsync());
        Assert.Equal($"{Events}?after=6&runId=r1", Server.SeenOf("GET")[1].Target);
    }

    [Fact]
    public async Task A_filtered_stream_may_leave_out_seqs_but_not_repeat_them()
    {
        Server.On("GET", Events,
            Plays.Cut(Queued(2), Delta(6, "hel")),
            Plays.Stream(Delta(6, "hel"), Delta(8, "lo"), Aborted(9, "hello"), End()));

        Assert.Equal(["2 run.queued", "6 run.delta", "8 run.delta", "9 run.aborted"], await WordsAsync());
    }

    [Fact]
    public async Task Events_of_other_runs_do_not_come()
    {
        Server.On("GET", Events, Plays.Stream(
            Queued(2), Frame(Event(3, EventTypes.RunCompleted, runId: "r0")), Reset(4), Completed(5, "hello")));

        Assert.Equal(["2 run.queued", "5 run.completed"], await WordsAsync());
    }

    [Fact]
    public async Task Reading_on_behind_the_terminal_event_ends_with_nothing()
    {
        Server.On("GET", Events, Plays.Stream(Synchronized(10), End()));

        Assert.Empty(await WordsAsync(after: 10));
    }

    [Fact]
    public async Task A_session_deleted_in_the_run_ends_the_run_s_events()
    {
        Server.On("GET", Events, Plays.Stream(Queued(2), End(EndReasons.SessionDeleted)));

        Assert.Equal(["2 run.queued"], await WordsAsync());
    }

    private async Task<string[]> WordsAsync(long after = 0)
    {
        var run = await Session().SendAsync("hi");
        return [.. (await ReadAsync(run.Events(after))).Select(record => $"{record.Seq} {record.Type}")];
    }
}
