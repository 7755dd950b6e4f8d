using System.Text.Json;
using Sessions.Protocol;
using Sessions.Testing.Fakes;
using static Sessions.Testing.Fakes.Wire;

namespace Sessions.Client.Tests.Runs;

public sealed class SendTests : ClientTest
{
    private const string Messages = "/v1/sessions/s1/messages";

    [Fact]
    public async Task A_send_says_what_it_was_asked_to()
    {
        Server.On("POST", Messages, Plays.Sent(Run(), deduplicated: true));

        var run = await Session().SendAsync("hi", new SendOptions
        {
            IdempotencyKey = "k1",
            RunId = "r1",
            Agent = "echo",
            IfBusy = IfBusyModes.Interrupt,
            Timeout = TimeSpan.FromSeconds(90),
            MaxAttempts = 3,
        });

        Assert.Equal(("r1", true), (run.Run.Id, run.Deduplicated));
        var sent = Body(Server.Seen[0]);
        Assert.Equal(
            ("hi", "k1", "r1", "echo", "interrupt", 90, 3),
            (sent.Text, sent.IdempotencyKey, sent.RunId, sent.Agent, sent.IfBusy, sent.TimeoutSeconds, sent.MaxAttempts));
    }

    [Fact]
    public async Task A_send_over_a_connection_that_broke_after_it_was_accepted_is_repeated_with_the_same_key()
    {
        Server.On("POST", Messages, Plays.Reset(), Plays.Sent(Run(), deduplicated: true));

        var run = await Session().SendAsync("hi");

        Assert.True(run.Deduplicated);
        var keys = Server.Seen.Select(request => Body(request).IdempotencyKey).ToList();
        Assert.Equal(2, keys.Count);
        Assert.Equal(keys[0], keys[1]);
        Assert.True(Guid.TryParse(keys[0], out _), keys[0]);
    }

    [Fact]
    public async Task Each_send_has_a_key_of_its_own()
    {
        Server.On("POST", Messages, Plays.Sent(Run()));
        var session = Session();

        await session.SendAsync("hi");
        await session.SendAsync("hi");

        Assert.NotEqual(Body(Server.Seen[0]).IdempotencyKey, Body(Server.Seen[1]).IdempotencyKey);
    }

    [Fact]
    public async Task Texts_arrive_as_they_are()
    {
        const string Text = "a\r\nb\n\n数据 🦜 \u2028 \"q\" \\ \0";
        Server.On("POST", Messages, Plays.Sent(Run()));

        await Session().SendAsync(Text);

        Assert.Equal(Text, Body(Server.Seen[0]).Text);
    }

    [Fact]
    public async Task A_refused_send_is_not_repeated_and_says_why()
    {
        Server.On("POST", Messages, Plays.Problem(429, ProblemCodes.QueueFull, "20 runs wait."));

        var thrown = await Assert.ThrowsAsync<SessionsException>(() => Session().SendAsync("hi"));

        Assert.Equal(
            (ProblemCodes.QueueFull, 429, "20 runs wait.", "s1"), (thrown.Code, thrown.Status, thrown.Detail, thrown.SessionId));
        Assert.Single(Server.Seen);
    }

    private static SendRequest Body(SeenRequest request) =>
        JsonSerializer.Deserialize(request.Body, ProtocolJson.Default.SendRequest)!;
}
