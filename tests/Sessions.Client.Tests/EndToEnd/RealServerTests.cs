using Sessions.Protocol;
using Sessions.Testing.EndToEnd;

namespace Sessions.Client.Tests.EndToEnd;

/// <summary>The client against the real server, over lines that hold and lines that do not.</summary>
public sealed class RealServerTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CancellationToken _patience = new CancellationTokenSource(Patience).Token;
    private RealServer _server = null!;

    public async Task InitializeAsync() => _server = await RealServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_conversation_is_answered_turn_by_turn()
    {
        using var client = new SessionsClient(_server.Address);
        var session = client.Session("s1");
        foreach (var text in new[] { "hello there", "grüße\n🦜 " })
        {
            var run = await session.SendAsync(text, cancellationToken: _patience);
            var completed = Assert.IsType<RunCompleted>(await run.WaitAsync(_patience));
            Assert.Equal(text, completed.Text);
        }

        var messages = await ReadAsync(session.Messages(cancellationToken: _patience));
        Assert.Equal(["hello there", "hello there", "grüße\n🦜 ", "grüße\n🦜 "], messages.Select(message => message.Text));
        Assert.Equal(["user", "assistant", "user", "assistant"], messages.Select(message => message.Role));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Invariant_30_a_stream_over_a_line_that_is_cut_again_and_again_brings_every_event_once(int seed)
    {
        await using var line = new CuttingLine(_server.Address, seed, 500, 20_000);
        using var client = new SessionsClient(line.Address, Quick);
        var text = string.Join(' ', Enumerable.Range(0, 600));
        var session = client.Session("s1");
        var run = await session.SendAsync(text, cancellationToken: _patience);

        var events = new List<EventResource>();
        await foreach (var item in session.Events(cancellationToken: _patience))
        {
            if (item is not EventItem { Event: var record })
                continue;

            events.Add(record);
            if (EventTypes.IsTerminal(record.Type))
                break;
        }

        Assert.Equal(Enumerable.Range(1, events.Count).Select(seq => (long)seq), events.Select(record => record.Seq));
        Assert.Equal(text, string.Concat(events.Where(record => record.Type == EventTypes.RunDelta).Select(record => record.Text)));
        Assert.Equal((run.Run.Id, RunStatuses.Completed), (events[^1].RunId, events[^1].Run!.Status));
        Assert.True(line.Cuts > 3, $"The line was cut only {line.Cuts} times.");
    }

    [Fact]
    public async Task Invariant_17_a_send_whose_answer_is_lost_runs_once()
    {
        // Less than an answer's headers and body: most answers are lost on their way.
        await using var line = new CuttingLine(_server.Address, seed: 4, least: 10, most: 1_500);
        using var client = new SessionsClient(line.Address, Quick);
        for (var turn = 0; turn < 10; turn++)
            await client.Session("s1").SendAsync($"turn {turn}", cancellationToken: _patience);

        using var direct = new SessionsClient(_server.Address);
        var runs = await ReadAsync(direct.Session("s1").Runs(_patience));
        Assert.Equal(Enumerable.Range(0, 10).Select(turn => $"turn {9 - turn}"), runs.Select(run => run.Input.Text));
        Assert.True(line.Cuts > 3, $"The line was cut only {line.Cuts} times.");
    }

    [Fact]
    public async Task Invariant_14_an_abort_by_key_holds_when_its_send_arrives()
    {
        using var client = new SessionsClient(_server.Address);
        var session = client.Session("s1");
        Assert.True((await session.AbortAsync(idempotencyKey: "k1", cancellationToken: _patience)).Pending);

        var run = await session.SendAsync("hello", new SendOptions { IdempotencyKey = "k1" }, _patience);
        Assert.IsType<RunAborted>(await run.WaitAsync(_patience));
    }

    [Fact]
    public async Task Invariant_13_an_aborted_run_keeps_what_was_streamed_and_no_more()
    {
        await using var slow = await RealServer.StartAsync(wordDelay: "00:00:00.010");
        using var client = new SessionsClient(slow.Address);
        var run = await client.Session("s1").SendAsync(string.Join(' ', Enumerable.Range(0, 10_000)), cancellationToken: _patience);

        var streamed = "";
        await foreach (var record in run.Events(cancellationToken: _patience))
        {
            if (record.Type == EventTypes.RunDelta)
                streamed += record.Text;

            if (streamed.Length > 0 && record.Type == EventTypes.RunDelta && streamed.StartsWith("0 1 2 ", StringComparison.Ordinal))
                await run.AbortAsync(_patience);
        }

        var aborted = Assert.IsType<RunAborted>(await run.WaitAsync(_patience));
        Assert.Equal((AbortReasons.User, streamed), (aborted.Reason, aborted.Text));
    }

    [Fact]
    public async Task Invariant_34_the_last_that_a_watcher_gets_is_the_last_there_is()
    {
        using var client = new SessionsClient(_server.Address);
        await using var watch = client.Watch(cancellationToken: _patience).GetAsyncEnumerator(_patience);
        Assert.True(await watch.MoveNextAsync());
        Assert.IsType<WatchSynchronizedItem>(watch.Current);

        var run = await client.Session("s1").SendAsync("hello there", cancellationToken: _patience);
        await run.WaitAsync(_patience);
        var last = await client.Session("s1").GetAsync(_patience);

        var version = 0L;
        while (version < last.Version && await watch.MoveNextAsync())
        {
            var session = Assert.IsType<SessionItem>(watch.Current).Session;
            Assert.True(session.Version > version, $"Version {session.Version} came after {version}.");
            version = session.Version;
        }

        Assert.Equal(last.Version, version);
    }

    private static SessionsClientOptions Quick => new()
    {
        RetryDelay = TimeSpan.FromMilliseconds(1),
        MaxRetryDelay = TimeSpan.FromMilliseconds(20),
        Random = new Random(1),
    };

    private static async Task<List<T>> ReadAsync<T>(IAsyncEnumerable<T> items)
    {
        var read = new List<T>();
        await foreach (var item in items)
            read.Add(item);

        return read;
    }
}
