using Sessions.Protocol;
using Sessions.Testing.Fakes;
using static Sessions.Testing.Fakes.Wire;

namespace Sessions.Client.Tests.Transport;

public sealed class RetryTests : ClientTest
{
    private const string TheSession = "/v1/sessions/s1";

    [Fact]
    public async Task A_503_is_asked_again_after_the_time_that_it_names()
    {
        Server.On("GET", TheSession,
            Plays.Problem(503, ProblemCodes.StoreBusy, retryAfter: "7"),
            Plays.Session(Wire.Session()));

        var getting = Session(Manual()).GetAsync();
        await Time.WaitForTimerAsync(TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(7));
        Assert.Single(Server.Seen);
        Time.Advance(TimeSpan.FromSeconds(7));

        Assert.Equal("s1", (await getting).Id);
    }

    [Fact]
    public async Task A_retry_after_may_be_a_date()
    {
        Server.On("GET", TheSession,
            Plays.Problem(503, ProblemCodes.Draining, retryAfter: Time.GetUtcNow().AddSeconds(9).ToString("R")),
            Plays.Session(Wire.Session()));

        var getting = Session(Manual()).GetAsync();
        Time.Advance(await Time.WaitForTimerAsync(TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(9)));

        Assert.Equal("s1", (await getting).Id);
    }

    [Fact]
    public async Task A_503_that_stays_is_an_error_with_the_server_s_code()
    {
        Server.On("GET", TheSession, Plays.Problem(503, ProblemCodes.StoreUnavailable));

        var getting = Session(Manual()).GetAsync();
        await PassPausesAsync(getting);

        var thrown = await Assert.ThrowsAsync<SessionsException>(() => getting);
        Assert.Equal((ProblemCodes.StoreUnavailable, 503), (thrown.Code, thrown.Status));
        Assert.InRange(Server.Seen.Count, 12, 40);
    }

    [Fact]
    public async Task A_retry_after_beyond_the_patience_is_not_waited_for()
    {
        Server.On("GET", TheSession, Plays.Problem(503, ProblemCodes.Draining, retryAfter: "61"));

        await Assert.ThrowsAsync<SessionsException>(() => Session(Manual()).GetAsync());

        Assert.Single(Server.Seen);
    }

    [Fact]
    public async Task Pauses_grow_and_are_jittered()
    {
        Server.On("GET", TheSession, Plays.Problem(503, ProblemCodes.StoreBusy));
        var pauses = new List<TimeSpan>();

        var getting = Session(Manual() with { Random = new Random(1), RetryFor = TimeSpan.FromSeconds(20) }).GetAsync();
        while (!getting.IsCompleted)
        {
            var pause = Time.WaitForTimerAsync(TimeSpan.FromTicks(1), TimeSpan.FromSeconds(5));
            if (await Task.WhenAny(getting, pause) == pause)
            {
                pauses.Add(await pause);
                Time.Advance(await pause);
            }
        }

        await Assert.ThrowsAsync<SessionsException>(() => getting);
        Assert.All(pauses.Select((pause, i) => (pause, Full: Math.Min(0.1 * Math.Pow(2, i), 5))),
            each => Assert.InRange(each.pause.TotalSeconds, each.Full / 2, each.Full));
    }

    [Fact]
    public async Task A_server_that_comes_back_is_reached()
    {
        await using var late = FakeServer.NotYetListening();
        late.On("GET", TheSession, Plays.Session(Wire.Session()));

        var getting = Client(Manual(), late).Session("s1").GetAsync();
        await Time.WaitForTimerAsync(TimeSpan.FromTicks(1), TimeSpan.FromSeconds(5));
        await late.ListenAsync();
        await PassPausesAsync(getting);

        Assert.Equal("s1", (await getting).Id);
    }

    [Fact]
    public async Task A_stream_outlives_a_server_that_goes_and_comes_back()
    {
        Server.On("GET", $"{TheSession}/events", Plays.Cut(Created()));
        var created = new TaskCompletionSource();

        var reading = ReadAsync(Session(Manual()).Events(), onItem: _ => created.TrySetResult());
        await created.Task;
        await Server.StopListeningAsync();
        Time.Advance(await Time.WaitForTimerAsync(TimeSpan.FromTicks(1), TimeSpan.FromSeconds(5)));
        await Time.WaitForTimerAsync(TimeSpan.FromTicks(1), TimeSpan.FromSeconds(5));
        Server.Forget("GET", $"{TheSession}/events").On("GET", $"{TheSession}/events", Plays.Stream(Deleted(2)));
        await Server.ListenAsync();
        await PassPausesAsync(reading);

        Assert.Equal(["1 session.created", "2 session.deleted"], Words(await reading));
    }

    [Fact]
    public async Task A_server_that_stays_away_is_unreachable()
    {
        await using var nobody = FakeServer.NotYetListening();

        var getting = Client(Manual(), nobody).Session("s1").GetAsync();
        await PassPausesAsync(getting);

        var thrown = await Assert.ThrowsAsync<SessionsUnreachableException>(() => getting);
        Assert.Equal((nobody.Address, "s1"), (thrown.Server, thrown.SessionId));
    }

    [Fact]
    public async Task An_attempt_without_an_answer_is_given_up_and_made_again()
    {
        Server.On("GET", TheSession, Plays.Silence(), Plays.Session(Wire.Session()));

        var getting = Session(Manual()).GetAsync();
        var first = await Server.WaitForAsync($"GET {TheSession}");
        Time.Advance(TimeSpan.FromSeconds(30));
        await PassPausesAsync(getting);

        Assert.Equal("s1", (await getting).Id);
        await first.LeftAsync();
    }

    [Fact]
    public async Task A_session_reset_that_may_have_happened_is_not_repeated()
    {
        Server.On("POST", $"{TheSession}/reset", Plays.Reset(), Plays.Session(Wire.Session()));

        await Assert.ThrowsAsync<SessionsUnreachableException>(() => Session().ResetAsync());

        Assert.Single(Server.Seen);
    }

    [Fact]
    public async Task A_session_reset_that_was_not_taken_is_repeated()
    {
        Server.On("POST", $"{TheSession}/reset",
            Plays.Problem(503, ProblemCodes.Draining), Plays.Session(Wire.Session(version: 4)));

        Assert.Equal(4, (await Session().ResetAsync()).Version);
    }

    [Fact]
    public async Task Retries_can_be_turned_off()
    {
        Server.On("GET", TheSession, Plays.Reset());

        await Assert.ThrowsAsync<SessionsUnreachableException>(
            () => Session(Quick with { RetryFor = TimeSpan.Zero }).GetAsync());

        Assert.Single(Server.Seen);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("<html>")]
    [InlineData("{\"items\":7}")]
    public async Task An_answer_that_is_none_of_this_api_is_an_error(string body)
    {
        Server.On("GET", "/v1/agents", Plays.Text(body, "application/json"));

        var thrown = await Assert.ThrowsAsync<SessionsException>(() => Client().AgentsAsync());

        Assert.Equal((ClientCodes.UnexpectedAnswer, 200), (thrown.Code, thrown.Status));
    }

    [Fact]
    public async Task An_error_that_is_no_problem_json_is_an_error_with_its_status()
    {
        Server.On("GET", "/v1/agents", Plays.Text("<html>", "text/html", 404));

        var thrown = await Assert.ThrowsAsync<SessionsException>(() => Client().AgentsAsync());

        Assert.Equal((ClientCodes.UnexpectedAnswer, 404), (thrown.Code, thrown.Status));
    }

    [Fact]
    public void Options_out_of_range_are_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Client(new SessionsClientOptions { RetryDelay = TimeSpan.Zero }));
}
