using System.Text;
using Sessions.Protocol;
using Sessions.Testing.Fakes;
using static Sessions.Testing.Fakes.Wire;

namespace Sessions.Client.Tests.Events;

public sealed class StreamEndTests : ClientTest
{
    private const string Events = "/v1/sessions/s1/events";

    [Fact]
    public async Task Cancellation_in_the_middle_is_prompt_and_leaves_no_connection()
    {
        Server.On("GET", Events, Plays.Stream(Created(), StreamPart.Hold));
        using var cancellation = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var item in Session().Events(0, cancellation.Token))
            {
                await cancellation.CancelAsync();
            }
        });

        await (await Server.WaitForAsync($"GET {Events}")).LeftAsync();
    }

    [Fact]
    public async Task Leaving_the_loop_leaves_no_connection()
    {
        Server.On("GET", Events, Plays.Stream(Created(), StreamPart.Hold));

        await ReadAsync(Session().Events(), count: 1);

        await (await Server.WaitForAsync($"GET {Events}")).LeftAsync();
    }

    [Fact]
    public async Task Cancellation_during_a_pause_is_prompt()
    {
        Server.On("GET", Events, Plays.Cut(Created()));
        using var cancellation = new CancellationTokenSource();
        var reading = Task.Run(async () =>
        {
            await foreach (var item in Session(Manual()).Events(0, cancellation.Token))
            {
            }
        });

        await Time.WaitForTimerAsync(TimeSpan.FromTicks(1), TimeSpan.FromSeconds(5));
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    [Fact]
    public async Task A_cursor_beyond_the_log_is_an_error_with_its_code()
    {
        Server.On("GET", Events, Plays.Problem(409, ProblemCodes.CursorAhead, "The log ends at 3.", "after"));

        var thrown = await Assert.ThrowsAsync<SessionsException>(() => ReadAsync(Session().Events(after: 9)));

        Assert.Equal(
            (ProblemCodes.CursorAhead, 409, "after", "The log ends at 3.", "s1"),
            (thrown.Code, thrown.Status, thrown.Field, thrown.Detail, thrown.SessionId));
    }

    [Fact]
    public async Task A_log_that_went_back_while_the_stream_was_cut_is_an_error()
    {
        Server.On("GET", Events,
            Plays.Cut(Created(), Queued(2)),
            Plays.Problem(409, ProblemCodes.CursorAhead));

        var thrown = await Assert.ThrowsAsync<SessionsException>(() => ReadAsync(Session().Events()));

        Assert.Equal(ProblemCodes.CursorAhead, thrown.Code);
    }

    [Fact]
    public async Task A_deleted_session_has_no_stream()
    {
        Server.On("GET", Events, Plays.Problem(410, ProblemCodes.SessionDeleted));

        var thrown = await Assert.ThrowsAsync<SessionsException>(() => ReadAsync(Session().Events()));

        Assert.Equal((ProblemCodes.SessionDeleted, 410), (thrown.Code, thrown.Status));
    }

    [Fact]
    public async Task A_deletion_that_a_cut_hid_is_an_error_and_no_clean_end()
    {
        Server.On("GET", Events,
            Plays.Cut(Created()),
            Plays.Problem(410, ProblemCodes.SessionDeleted));

        await Assert.ThrowsAsync<SessionsException>(() => ReadAsync(Session().Events()));
    }

    [Fact]
    public async Task An_end_frame_ends_the_stream()
    {
        Server.On("GET", Events, Plays.Stream(Created(), End(EndReasons.SessionDeleted), StreamPart.Hold));

        Assert.Single(await ReadAsync(Session().Events()));
    }

    [Fact]
    public async Task Frames_and_fields_of_a_later_version_are_passed_over()
    {
        Server.On("GET", Events, Plays.Stream(
            "event: weather\ndata: sunny\n\n",
            Created().Replace("\"seq\"", "\"mood\":{},\"seq\"", StringComparison.Ordinal),
            "id: 2\nevent: run.mood\ndata: {\"seq\":2,\"type\":\"run.mood\",\"sessionId\":\"s1\",\"at\":\"2026-01-02T03:04:05Z\"}\n\n",
            Deleted(3)));

        Assert.Equal(["1 session.created", "2 run.mood", "3 session.deleted"], Words(await ReadAsync(Session().Events())));
    }

    [Fact]
    public async Task Texts_keep_their_newlines_and_every_script()
    {
        const string Text = "Zeile 1\r\nZeile 2\n\n数据: データ 🦜 \u2028 \"quoted\" \\ \0 data: x\n\n";
        Server.On("GET", Events, Plays.Stream(Created(), Delta(2, Text), Deleted(3)));

        var items = await ReadAsync(Session().Events());

        Assert.Equal(Text, Assert.IsType<EventItem>(items[1]).Event.Text);
    }

    [Fact]
    public async Task A_character_split_over_two_packets_is_whole()
    {
        var bytes = Encoding.UTF8.GetBytes(Delta(2, "parrot").Replace("parrot", "🦜", StringComparison.Ordinal));
        var split = Array.IndexOf(bytes, (byte)0xF0) + 2;
        StreamPart Part(byte[] part) => new(null, async context =>
        {
            await context.Response.Body.WriteAsync(part);
            await context.Response.Body.FlushAsync();
        });
        Server.On("GET", Events, Plays.Stream(Created(), Part(bytes[..split]), Part(bytes[split..]), Deleted(3)));

        var items = await ReadAsync(Session().Events());

        Assert.Equal("🦜", Assert.IsType<EventItem>(items[1]).Event.Text);
    }

    [Fact]
    public async Task An_answer_that_is_no_event_stream_is_an_error()
    {
        Server.On("GET", Events, Plays.Text("<html>", "text/html"));

        var thrown = await Assert.ThrowsAsync<SessionsException>(() => ReadAsync(Session().Events()));

        Assert.Equal((ClientCodes.UnexpectedAnswer, 200), (thrown.Code, thrown.Status));
    }
}
