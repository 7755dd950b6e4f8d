using Sessions.Testing;

namespace Sessions.Worker.Tests;

public sealed class EchoAgentTests
{
    [Theory]
    [InlineData("one", 1)]
    [InlineData("one two", 2)]
    [InlineData("  one  two \r\n\tthree  ", 3)]
    [InlineData("   ", 1)]
    [InlineData("a\u00A0b\u2003c 😀 \uD83D é", 6)]
    [InlineData("", 0)]
    public async Task The_deltas_are_the_words_and_join_to_the_input_to_the_letter(string text, int words)
    {
        var agent = new EchoAgent(TimeSpan.Zero, TimeProvider.System);
        var deltas = await agent.RunAsync(Given.Run(Given.Claim(text: text)), CancellationToken.None)
            .Select(output => Assert.IsType<AgentOutput.Delta>(output).Text).ToListAsync();
        Assert.Equal(text, string.Concat(deltas));
        Assert.Equal(words, deltas.Count);
    }

    [Fact]
    public async Task Any_text_is_echoed_to_the_letter()
    {
        var random = new Random(3);
        var agent = new EchoAgent(TimeSpan.Zero, TimeProvider.System);
        for (var i = 0; i < 500; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(60)).Select(_ => " \n\tab語\u2028"[random.Next(7)])]);
            var deltas = await agent.RunAsync(Given.Run(Given.Claim(text: text)), CancellationToken.None).ToListAsync();
            Assert.Equal(text, string.Concat(deltas.Cast<AgentOutput.Delta>().Select(delta => delta.Text)));
        }
    }

    [Fact]
    public async Task It_pauses_between_words()
    {
        var time = new ManualTimeProvider();
        var delay = TimeSpan.FromMilliseconds(20);
        await using var words = new EchoAgent(delay, time)
            .RunAsync(Given.Run(Given.Claim(text: "a b")), CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await words.MoveNextAsync());
        var second = words.MoveNextAsync().AsTask();
        Assert.Equal(delay, time.UntilNextTimer);
        Assert.False(second.IsCompleted);
        time.Advance(delay);
        Assert.True(await second);
        Assert.False(await words.MoveNextAsync());
        Assert.Equal(delay, time.Elapsed);
    }

    [Fact]
    public async Task It_stops_when_it_is_cancelled_between_words()
    {
        using var stop = new CancellationTokenSource();
        await using var words = new EchoAgent(TimeSpan.FromDays(1), new ManualTimeProvider())
            .RunAsync(Given.Run(Given.Claim(text: "a b")), stop.Token).GetAsyncEnumerator();
        Assert.True(await words.MoveNextAsync());
        var second = words.MoveNextAsync().AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
    }

    [Fact]
    public void A_negative_delay_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new EchoAgent(TimeSpan.FromTicks(-1), TimeProvider.System));
}
