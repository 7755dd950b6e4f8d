using Sessions.Protocol;
using Sessions.Testing.Fakes;
using static Sessions.Testing.Fakes.Wire;

namespace Sessions.Client.Tests.Runs;

public sealed class RunWaitTests : ClientTest
{
    private const string TheRun = "/v1/sessions/s1/runs/r1";

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Server.On("POST", "/v1/sessions/s1/messages", Plays.Sent(Run()));
    }

    [Fact]
    public async Task Waiting_outlasts_long_polls_resets_and_a_replica_that_drains()
    {
        Server.On("GET", TheRun,
            Plays.Run(Run()),
            Plays.Run(Run(RunStatuses.Running)),
            Plays.Reset(),
            Plays.Problem(503, ProblemCodes.Draining),
            Plays.Status(502),
            Plays.Run(Run(RunStatuses.Completed, "hello")));

        var run = await Session().SendAsync("hi");
        var result = await run.WaitAsync();

        Assert.Equal("hello", Assert.IsType<RunCompleted>(result).Text);
        Assert.All(Server.SeenOf("GET"), request => Assert.Equal($"{TheRun}?waitSeconds=30", request.Target));
    }

    [Fact]
    public async Task A_slow_long_poll_is_given_its_time()
    {
        var terminal = new TaskCompletionSource();
        Server.On("GET", TheRun, Plays.After(terminal.Task, Plays.Run(Run(RunStatuses.Completed, "hello"))));

        var waiting = (await Session(Manual()).SendAsync("hi")).WaitAsync();
        await Server.WaitForAsync($"GET {TheRun}");
        Time.Advance(TimeSpan.FromSeconds(59));
        terminal.SetResult();

        Assert.IsType<RunCompleted>(await waiting);
        Assert.Single(Server.SeenOf("GET"));
    }

    [Fact]
    public async Task A_long_poll_without_an_answer_is_made_again()
    {
        Server.On("GET", TheRun, Plays.Silence(), Plays.Run(Run(RunStatuses.Completed, "hello")));

        var waiting = (await Session(Manual()).SendAsync("hi")).WaitAsync();
        await Server.WaitForAsync($"GET {TheRun}");
        Time.Advance(TimeSpan.FromSeconds(60));
        await PassPausesAsync(waiting);

        Assert.IsType<RunCompleted>(await waiting);
    }

    [Fact]
    public async Task A_server_that_does_not_wait_is_not_asked_in_a_tight_loop()
    {
        Server.On("GET", TheRun, Plays.Run(Run(RunStatuses.Running)));
        using var cancellation = new CancellationTokenSource();

        var waiting = (await Session(Manual()).SendAsync("hi")).WaitAsync(cancellation.Token);
        await Time.WaitForTimerAsync(Manual().RetryDelay, Manual().RetryDelay);

        Assert.Single(Server.SeenOf("GET"));
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task A_run_that_the_send_found_terminal_needs_no_waiting()
    {
        Server.On("POST", "/v1/sessions/s2/messages", Plays.Sent(Run(RunStatuses.Aborted), deduplicated: true));

        var result = await (await Client().Session("s2").SendAsync("hi")).WaitAsync();

        Assert.Equal(AbortReasons.User, Assert.IsType<RunAborted>(result).Reason);
        Assert.Empty(Server.SeenOf("GET"));
    }

    [Fact]
    public async Task A_failed_run_is_a_result_with_its_error_and_partial_text()
    {
        Server.On("GET", TheRun, Plays.Run(Run(RunStatuses.Failed, "hel")));

        var failed = Assert.IsType<RunFailed>(await (await Session().SendAsync("hi")).WaitAsync());

        Assert.Equal(("worker_lost", "hel"), (failed.Error.Code, failed.Text));
    }

    [Fact]
    public async Task Waiting_for_a_run_of_a_deleted_session_is_an_error_with_the_ids()
    {
        Server.On("GET", TheRun, Plays.Problem(410, ProblemCodes.SessionDeleted));
        var run = await Session().SendAsync("hi");

        var thrown = await Assert.ThrowsAsync<SessionsException>(() => run.WaitAsync());

        Assert.Equal((ProblemCodes.SessionDeleted, "s1", "r1"), (thrown.Code, thrown.SessionId, thrown.RunId));
    }

    [Fact]
    public async Task Aborting_a_run_names_it_and_says_what_it_did()
    {
        Server.On("POST", "/v1/sessions/s1/abort",
            Plays.Json(new AbortResponse(["r1"], [], Pending: false), ProtocolJson.Default.AbortResponse));

        var response = await (await Session().SendAsync("hi")).AbortAsync();

        Assert.Equal(["r1"], response.Aborted);
        Assert.Contains("\"runId\":\"r1\"", Server.SeenOf("POST /v1/sessions/s1/abort")[0].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_a_wait_is_prompt_and_leaves_no_connection()
    {
        Server.On("GET", TheRun, Plays.Silence());
        using var cancellation = new CancellationTokenSource();

        var waiting = (await Session().SendAsync("hi")).WaitAsync(cancellation.Token);
        var request = await Server.WaitForAsync($"GET {TheRun}");
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await request.LeftAsync();
    }
}
