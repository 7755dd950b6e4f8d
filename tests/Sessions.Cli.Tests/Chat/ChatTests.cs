using Sessions.Protocol;
using Sessions.Testing.Fakes;
using static Sessions.Testing.Fakes.Wire;

namespace Sessions.Cli.Tests.Chat;

public sealed class ChatTests : CliTest
{
    private const string Messages = "/v1/sessions/s1/messages";
    private const string Events = "/v1/sessions/s1/events";

    private const string Abort = "/v1/sessions/s1/abort";

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Server.On("POST", Messages, Plays.Sent(Run()));
    }

    [Fact]
    public async Task The_answer_goes_to_standard_output_to_the_letter_and_all_else_to_standard_error()
    {
        var tool = Event(6, EventTypes.RunTool) with { ToolCallId = "t", Name = "search", Phase = "started" };
        Server.On("GET", Events, Plays.Stream(
            Queued(2), Started(3), Delta(4, "Grüße,\n"), Frame(Event(5, EventTypes.RunNotice, "thinking")), Frame(tool),
            Delta(7, " 🦜  "), Completed(8, "Grüße,\n 🦜  "), End()));

        Assert.Equal(0, await RunAsync("chat", "hi", "--session", "s1", "--agent", "echo", "--timeout", "9.5"));

        Assert.Equal("Grüße,\n 🦜  ", Out.Text);
        Assert.Equal("thinking\n[search] \n", Error.Text);
        var sent = Sent(Server.Seen[0]);
        Assert.Equal(("hi", "echo", 9.5), (sent.Text, sent.Agent, sent.TimeoutSeconds));
    }

    [Fact]
    public async Task Words_are_written_as_they_arrive()
    {
        var more = new TaskCompletionSource();
        Server.On("GET", Events, Plays.Stream(
            Delta(2, "Hel"), StreamPart.WaitFor(more.Task), Delta(3, "lo"), Completed(4, "Hello"), End()));

        var chat = RunAsync("chat", "hi", "--session", "s1");
        await Out.WaitForAsync("Hel");
        more.SetResult();

        Assert.Equal(0, await chat);
        Assert.Equal("Hello", Out.Text);
    }

    [Fact]
    public async Task A_cut_in_the_middle_of_the_answer_is_not_seen()
    {
        Server.On("GET", Events,
            Plays.Cut(Delta(2, "Hel")),
            Plays.Stream(Delta(2, "Hel"), Delta(3, "lo"), Completed(4, "Hello"), End()));

        Assert.Equal(0, await RunAsync("chat", "hi", "--session", "s1"));
        Assert.Equal("Hello", Out.Text);
    }

    [Fact]
    public async Task Text_that_was_not_streamed_comes_with_the_end()
    {
        Server.On("GET", Events, Plays.Stream(Delta(2, "Hel"), Completed(4, "Hello"), End()));

        Assert.Equal(0, await RunAsync("chat", "hi", "--session", "s1"));
        Assert.Equal("Hello", Out.Text);
    }

    [Fact]
    public async Task A_completion_without_a_text_takes_nothing_back()
    {
        var completed = Event(4, EventTypes.RunCompleted) with { Run = Run(RunStatuses.Completed) };
        Server.On("GET", Events, Plays.Stream(Delta(2, "Hel"), Frame(completed), End()));

        Assert.Equal(0, await RunAsync("chat", "hi", "--session", "s1"));
        Assert.Equal(("Hel", ""), (Out.Text, Error.Text));
    }

    [Fact]
    public async Task An_answer_that_replaces_what_was_streamed_is_said_to()
    {
        Server.On("GET", Events, Plays.Stream(Delta(2, "Hel"), Completed(4, "Good day"), End()));

        Assert.Equal(0, await RunAsync("chat", "hi", "--session", "s1"));
        Assert.Equal("HelGood day", Out.Text);
        Assert.Contains("replaced", Error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_run_is_exit_1_with_its_error_on_standard_error()
    {
        Server.On("GET", Events, Plays.Stream(Delta(2, "Hel"), Failed(4, "Hel"), End()));

        Assert.Equal(1, await RunAsync("chat", "hi", "--session", "s1"));
        Assert.Equal(("Hel", "error: worker_lost: The lease expired.\n"), (Out.Text, Error.Text));
    }

    [Fact]
    public async Task A_run_aborted_by_somebody_else_is_exit_3()
    {
        Server.On("GET", Events, Plays.Stream(Delta(2, "Hel"), Aborted(4, "Hel"), End()));

        Assert.Equal(3, await RunAsync("chat", "hi", "--session", "s1"));
        Assert.Equal(("Hel", "aborted: user\n"), (Out.Text, Error.Text));
    }

    [Fact]
    public async Task A_refused_send_is_exit_1_with_its_code()
    {
        Server.Forget("POST", Messages).On("POST", Messages, Plays.Problem(404, ProblemCodes.AgentNotFound, "No agent 'x'."));

        Assert.Equal(1, await RunAsync("chat", "hi", "--session", "s1"));
        Assert.Contains("agent_not_found: No agent 'x'.", Error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_whose_events_a_reset_cut_off_still_says_how_it_ended()
    {
        Server.On("GET", Events, Plays.Stream(Synchronized(9), End()));
        Server.On("GET", "/v1/sessions/s1/runs/r1", Plays.Run(Run(RunStatuses.Aborted, "Hel")));

        Assert.Equal(3, await RunAsync("chat", "hi", "--session", "s1"));
        Assert.Equal("Hel", Out.Text);
    }

    [Fact]
    public async Task Json_is_one_event_a_line_and_nothing_else()
    {
        Server.On("GET", Events, Plays.Stream(Queued(2), Synchronized(2), Delta(3, "a\nb 🦜"), Completed(4, "a\nb 🦜"), End()));

        Assert.Equal(0, await RunAsync("chat", "hi", "--session", "s1", "--json"));

        var lines = JsonLines();
        Assert.Equal(["run.queued", "run.delta", "run.completed"], lines.Select(line => line.GetProperty("type").GetString()));
        Assert.Equal("a\nb 🦜", lines[2].GetProperty("run").GetProperty("output").GetProperty("text").GetString());
        Assert.Empty(Error.Text);
    }

    [Fact]
    public async Task The_first_interrupt_aborts_by_the_key_of_the_send_and_waits_for_the_end()
    {
        var aborted = new TaskCompletionSource();
        Server.On("GET", Events, Plays.Stream(Delta(2, "Hel"), StreamPart.WaitFor(aborted.Task), Aborted(4, "Hel"), End()));
        Server.On("POST", Abort, Plays.Json(new AbortResponse(["r1"], [], false), ProtocolJson.Default.AbortResponse));

        var chat = RunAsync("chat", "hi", "--session", "s1");
        await Out.WaitForAsync("Hel");
        Interrupts.Press();
        var request = await Server.WaitForAsync($"POST {Abort}");
        aborted.SetResult();

        Assert.Equal(3, await chat);
        Assert.Contains(Sent(Server.Seen[0]).IdempotencyKey!, request.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_completion_that_came_before_the_abort_is_exit_0()
    {
        var aborted = new TaskCompletionSource();
        Server.On("GET", Events, Plays.Stream(Delta(2, "Hel"), StreamPart.WaitFor(aborted.Task), Completed(4, "Hello"), End()));
        Server.On("POST", Abort, Plays.Json(new AbortResponse([], ["r1"], false), ProtocolJson.Default.AbortResponse));

        var chat = RunAsync("chat", "hi", "--session", "s1");
        await Out.WaitForAsync("Hel");
        Interrupts.Press();
        await Server.WaitForAsync($"POST {Abort}");
        aborted.SetResult();

        Assert.Equal(0, await chat);
        Assert.Equal("Hello", Out.Text);
    }

    [Fact]
    public async Task An_interrupt_before_the_send_is_answered_aborts_it_too()
    {
        var answer = new TaskCompletionSource();
        Server.Forget("POST", Messages)
            .On("POST", Messages, Plays.After(answer.Task, Plays.Sent(Run(RunStatuses.Aborted))))
            .On("POST", Abort, Plays.Json(new AbortResponse([], [], true), ProtocolJson.Default.AbortResponse))
            .On("GET", Events, Plays.Stream(Queued(2), Aborted(3), End()));

        var chat = RunAsync("chat", "hi", "--session", "s1");
        await Server.WaitForAsync($"POST {Messages}");
        Interrupts.Press();
        await Server.WaitForAsync($"POST {Abort}");
        answer.SetResult();

        Assert.Equal(3, await chat);
    }

    [Fact]
    public async Task The_second_interrupt_leaves()
    {
        Server.On("GET", Events, Plays.Stream(Delta(2, "Hel"), StreamPart.Hold));
        Server.On("POST", Abort, Plays.Silence());

        var chat = RunAsync("chat", "hi", "--session", "s1");
        await Out.WaitForAsync("Hel");
        Interrupts.Press();
        await Server.WaitForAsync($"POST {Abort}");
        Interrupts.Press();

        Assert.Equal(130, await chat);
        await Server.SeenOf("GET")[0].LeftAsync();
    }

    [Fact]
    public async Task Without_text_every_line_of_standard_input_is_a_message()
    {
        Server.On("GET", Events,
            Plays.Stream(Delta(2, "one\n"), Completed(3, "one\n"), End()),
            Plays.Stream(Delta(5, "two\n"), Completed(6, "two\n"), End()));

        Assert.Equal(0, await RunAsync("a @b\n\n  \nc\n", isTerminal: false, "chat", "--session", "s1"));

        Assert.Equal("one\ntwo\n", Out.Text);
        Assert.Equal(["a @b", "c"], Server.SeenOf("POST").Select(request => Sent(request).Text));
    }

    [Fact]
    public async Task A_script_of_lines_goes_on_after_a_failure_and_ends_with_it()
    {
        Server.On("GET", Events,
            Plays.Stream(Failed(3), End()),
            Plays.Stream(Completed(6, "two"), End()));

        Assert.Equal(1, await RunAsync("a\nb\n", isTerminal: false, "chat", "--session", "s1"));
        Assert.Equal("two", Out.Text);
    }

    [Fact]
    public async Task A_person_is_prompted_and_gets_whole_lines()
    {
        Server.On("GET", Events, Plays.Stream(Delta(2, "one"), Completed(3, "one"), End()));

        Assert.Equal(0, await RunAsync("a\n", isTerminal: true, "chat", "--session", "s1"));

        Assert.Equal(("one\n", "> > "), (Out.Text, Error.Text));
    }

    [Fact]
    public async Task A_new_session_is_named_on_standard_error()
    {
        Assert.Equal(1, await RunAsync("chat", "hi"));

        var id = Error.Text.Split('\n')[0].Split(' ')[1];
        Assert.True(Guid.TryParse(id, out _), Error.Text);
        Assert.Equal($"/v1/sessions/{id}/messages", Server.Seen[0].Target);
    }

    [Fact]
    public async Task A_message_may_begin_with_an_at_sign()
    {
        Server.On("GET", Events, Plays.Stream(Completed(3, "one"), End()));

        Assert.Equal(0, await RunAsync("chat", "@bob hi", "--session", "s1"));

        Assert.Equal("@bob hi", Sent(Server.Seen[0]).Text);
    }

    [Fact]
    public async Task A_message_that_looks_like_an_option_stands_behind_two_dashes()
    {
        Server.On("GET", Events, Plays.Stream(Completed(3, "one"), End()));

        Assert.Equal(0, await RunAsync("chat", "--session", "s1", "--", "--why"));

        Assert.Equal("--why", Sent(Server.Seen[0]).Text);
    }
}
