using Sessions.Core;
using Sessions.Testing;
using Xunit.Abstractions;

namespace Sessions.Engine.Tests;

/// <summary>Commits reach a subscription late, twice, never, and in any order; it gives each record once, in order.</summary>
public sealed class SubscriptionOrderTests(ITestOutputHelper output)
{
    private static readonly SessionKey Key = new(new("t"), new("s"));

    [Fact]
    public async Task Invariant_30_whatever_the_order_of_publishing_the_order_of_reading_is_the_logs()
    {
        for (var round = 0; round < 100; round++)
        {
            var dice = round == 0 ? new Dice(output) : new Dice(round);
            var store = new MemoryStore(new ManualTimeProvider());
            var driver = new StoreDriver(store, TimeSpan.FromSeconds(15));
            var run = await driver.RunningAsync(Key, "r1");
            var listener = new LogListener();
            using var instruments = new EngineInstruments();
            using var reader = new SubscriptionReader(new SessionSubscription(
                store, listener, Key, 0, null, false, instruments, TimeProvider.System));
            var held = new List<Commit>();
            for (var n = 0; n < 60; n++)
            {
                held.Add(new Commit(Key, (await driver.SayAsync(Key, run, $"{n}")).Records));
                while (held.Count > 0 && dice.Once(2))
                {
                    var commit = dice.Choose(held);
                    if (!dice.Once(4))
                        held.Remove(commit);

                    if (!dice.Once(5))
                        listener.Offer(commit);
                }

                if (dice.Once(3))
                    await reader.UntilQuietAsync();
            }

            var last = (await driver.StateAsync(Key)).LastSeq;
            listener.Nudge(last);
            foreach (var late in held)
                listener.Offer(late);

            await reader.UntilSeqAsync(last);
            Assert.Equal(Text.Of(await driver.LogAsync(Key)), Text.Of(reader.Records));
        }
    }
}
