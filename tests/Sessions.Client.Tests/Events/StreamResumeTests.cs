using Sessions.Protocol;
using Sessions.Testing.Fakes;
using static Sessions.Testing.Fakes.Wire;

namespace Sessions.Client.Tests.Events;

public sealed class StreamResumeTests : ClientTest
{
    private const string Events = "/v1/sessions/s1/events";
    private const string Rest = "\"sessionId\":\"s1\",\"at\":\"2026-01-02T03:04:05Z\"}\n\n";
    private static readonly string[] Whole =
        ["1 session.created", "2 run.queued", "3 run.started", "4 run.delta Hel", "5 run.delta lo", "6 session.deleted"];

    [Fact]
    public async Task A_stream_closed_without_end_is_resumed_from_the_last_seq()
    {
        Server.On("GET", Events,
            Plays.Stream(Created(), Queued(2), Started(3)),
            Plays.Stream(Delta(4, "Hel"), Delta(5, "lo"), Deleted(6), End(EndReasons.SessionDeleted)));

        Assert.Equal(Whole, Words(await ReadAsync(Session().Events())));
        Assert.Equal([$"GET {Events}?after=0 ", $"GET {Events}?after=3 "], Server.Seen.Select(request => request.ToString()));
    }

    [Fact]
    public async Task A_stream_cut_between_frames_is_resumed_from_the_last_seq()
    {
        Server.On("GET", Events,
            Plays.Cut(Created(), Queued(2), Started(3)),
            Plays.Stream(Delta(4, "Hel"), Delta(5, "lo"), Deleted(6), End(EndReasons.SessionDeleted)));

        Assert.Equal(Whole, Words(await ReadAsync(Session().Events())));
        Assert.Single(Server.SeenOf($"GET {Events}?after=3"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_frame_cut_in_the_middle_is_read_again_whole(bool clean)
    {
        var cut = Delta(4, "Hel");
        Server.On("GET", Events,
            clean
                ? Plays.Stream(Created(), Queued(2), Started(3), cut[..^4])
                : Plays.Cut(Created(), Queued(2), Started(3), cut[..^4]),
            Plays.Stream(cut, Delta(5, "lo"), Deleted(6), End(EndReasons.SessionDeleted)));

        Assert.Equal(Whole, Words(await ReadAsync(Session().Events())));
        Assert.Single(Server.SeenOf($"GET {Events}?after=3"));
    }

    [Fact]
    public async Task A_frame_without_its_blank_line_does_not_count()
    {
        Server.On("GET", Events,
            Plays.Stream(Created(), Queued(2), Started(3), Delta(4, "Hel").TrimEnd('\n') + "\n"),
            Plays.Stream(Delta(4, "Hel"), Delta(5, "lo"), Deleted(6), End(EndReasons.SessionDeleted)));

        Assert.Equal(Whole, Words(await ReadAsync(Session().Events())));
        Assert.Single(Server.SeenOf($"GET {Events}?after=3"));
    }

    [Fact]
    public async Task A_reset_connection_is_resumed_from_the_last_seq()
    {
        var started = new TaskCompletionSource();
        Server.On("GET", Events,
            Plays.Stream(Created(), Queued(2), Started(3), StreamPart.ResetAfter(started.Task)),
            Plays.Stream(Delta(4, "Hel"), Delta(5, "lo"), Deleted(6)));

        var items = await ReadAsync(Session().Events(), onItem: item =>
        {
            if (item is EventItem { Event.Seq: 3 })
            {
                started.SetResult();
            }
        });

        Assert.Equal(Whole, Words(items));
        Assert.Single(Server.SeenOf($"GET {Events}?after=3"));
    }

    [Fact]
    public async Task A_cut_right_before_end_does_not_make_the_deletion_uncertain()
    {
        Server.On("GET", Events, Plays.Cut(Created(), Deleted(2)));

        Assert.Equal(["1 session.created", "2 session.deleted"], Words(await ReadAsync(Session().Events())));
        Assert.Single(Server.Seen);
    }

    [Fact]
    public async Task Events_that_come_again_are_suppressed()
    {
        Server.On("GET", Events,
            Plays.Cut(Created(), Queued(2), Queued(2), Started(3)),
            Plays.Stream(Queued(2), Started(3), Delta(4, "Hel"), Started(3), Delta(5, "lo"), Deleted(6)));

        Assert.Equal(Whole, Words(await ReadAsync(Session().Events())));
    }

    [Fact]
    public async Task A_gap_is_healed_by_reading_again_from_the_last_good_cursor()
    {
        Server.On("GET", Events,
            Plays.Stream(Created(), Queued(2), Started(3), Delta(5, "lo"), StreamPart.Hold),
            Plays.Stream(Delta(4, "Hel"), Delta(5, "lo"), Deleted(6)));

        Assert.Equal(Whole, Words(await ReadAsync(Session().Events())));
        Assert.Single(Server.SeenOf($"GET {Events}?after=3"));
    }

    [Fact]
    public async Task A_backlog_that_ends_before_its_last_seq_is_a_gap()
    {
        Server.On("GET", Events,
            Plays.Stream(Created(), Queued(2), Synchronized(3), StreamPart.Hold),
            Plays.Stream(Started(3), Synchronized(3), StreamPart.Hold));

        var items = await ReadAsync(Session().Events(), count: 4);

        Assert.Equal(["1 session.created", "2 run.queued", "3 run.started", "synchronized 3"], Words(items));
    }

    [Fact]
    public async Task A_gap_that_stays_is_an_error_that_names_the_last_good_seq()
    {
        Server.On("GET", Events, Plays.Stream(Created(), Delta(3, "lost one"), StreamPart.Hold));

        var reading = ReadAsync(Session(Manual()).Events());
        await PassPausesAsync(reading);

        var thrown = await Assert.ThrowsAsync<SessionsStreamException>(() => reading);
        Assert.Equal((1L, "s1", ClientCodes.StreamInterrupted), (thrown.LastSeq!.Value, thrown.SessionId, thrown.Code));
    }

    [Fact]
    public async Task A_reset_of_the_session_may_skip_seqs()
    {
        Server.On("GET", Events, Plays.Stream(Created(), Reset(57), Synchronized(57), Queued(58), StreamPart.Hold));

        var items = await ReadAsync(Session().Events(), count: 4);

        Assert.Equal(["1 session.created", "57 session.reset", "synchronized 57", "58 run.queued"], Words(items));
    }

    [Fact]
    public async Task Synchronized_comes_again_when_a_resumed_stream_has_caught_up()
    {
        Server.On("GET", Events,
            Plays.Cut(Created(), Synchronized(1)),
            Plays.Stream(Queued(2), Synchronized(2), StreamPart.Hold));

        var items = await ReadAsync(Session().Events(), count: 4);

        Assert.Equal(["1 session.created", "synchronized 1", "2 run.queued", "synchronized 2"], Words(items));
    }

    [Theory]
    [InlineData("id: 3\nevent: run.started\ndata: {\"seq\":3,\n\n")]
    [InlineData("id: 3\nevent: run.started\ndata: {}\n\n")]
    [InlineData("id: 7\nevent: run.started\ndata: {\"seq\":3,\"type\":\"run.started\"," + Rest)]
    [InlineData("id: 3\nevent: run.delta\ndata: {\"seq\":3,\"type\":\"run.started\"," + Rest)]
    [InlineData("id: 3\nevent: run.started\ndata: {\"seq\":3,\"type\":\"run.started\",\"sessionId\":\"s2\",\"at\":\"2026-01-02T03:04:05Z\"}\n\n")]
    [InlineData("event: synchronized\ndata: nonsense\n\n")]
    [InlineData("event: end\ndata: {}\n\n")]
    public async Task A_malformed_frame_is_read_again_from_the_last_good_seq(string malformed)
    {
        Server.On("GET", Events,
            Plays.Stream(Created(), Queued(2), malformed, StreamPart.Hold),
            Plays.Stream(Started(3), Delta(4, "Hel"), Delta(5, "lo"), Deleted(6)));

        Assert.Equal(Whole, Words(await ReadAsync(Session().Events())));
        Assert.Single(Server.SeenOf($"GET {Events}?after=2"));
    }

    [Fact]
    public async Task A_stream_that_keeps_breaking_without_progress_is_an_error_and_no_success()
    {
        Server.On("GET", Events, Plays.Cut(Created()));

        var reading = ReadAsync(Session(Manual()).Events());
        await PassPausesAsync(reading);

        var thrown = await Assert.ThrowsAsync<SessionsStreamException>(() => reading);
        Assert.Equal(1, thrown.LastSeq);
    }

    [Fact]
    public async Task Progress_starts_the_patience_anew()
    {
        // Each connection brings one event and breaks; together they take longer than one outage may.
        var script = Enumerable.Range(1, 40).Select(seq => Plays.Cut(seq == 1 ? Created() : Delta(seq, "x")));
        Server.On("GET", Events, [.. script, Plays.Stream(Deleted(41))]);

        var reading = ReadAsync(Session(Manual() with { RetryFor = TimeSpan.FromMilliseconds(150) }).Events());
        await PassPausesAsync(reading);

        Assert.Equal(41, (await reading).Count);
    }

    [Fact]
    public async Task A_silent_connection_is_dropped_and_resumed()
    {
        Server.On("GET", Events,
            Plays.Stream(Created(), StreamPart.Hold),
            Plays.Stream(Deleted(2)));

        var created = new TaskCompletionSource();
        var reading = ReadAsync(Session(Manual()).Events(), onItem: _ => created.TrySetResult());
        await created.Task;
        Time.Advance(await Time.WaitForTimerAsync(TimeSpan.FromSeconds(45), TimeSpan.FromSeconds(45)));
        await PassPausesAsync(reading);

        Assert.Equal(["1 session.created", "2 session.deleted"], Words(await reading));
        await Server.Seen[0].LeftAsync();
    }

    [Fact]
    public async Task Pings_keep_a_connection()
    {
        var gate = new TaskCompletionSource();
        Server.On("GET", Events, Plays.Stream(Created(), StreamPart.WaitFor(gate.Task), Ping, Deleted(2)));

        var created = new TaskCompletionSource();
        var reading = ReadAsync(Session(Manual()).Events(), onItem: _ => created.TrySetResult());
        await created.Task;
        await Time.WaitForTimerAsync(TimeSpan.FromSeconds(45), TimeSpan.FromSeconds(45));
        Time.Advance(TimeSpan.FromSeconds(44));
        gate.SetResult();

        Assert.Equal(["1 session.created", "2 session.deleted"], Words(await reading));
        Assert.Single(Server.Seen);
    }
}
