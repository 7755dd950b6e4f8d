using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Testing;

/// <summary>Many writers at once (invariants 19, 37).</summary>
public abstract partial class SessionStoreConformance
{
    [Fact]
    public async Task Of_many_creators_exactly_one_wins()
    {
        for (var race = 0; race < Races; race++)
        {
            var key = Key($"s{race}");
            var writes = await Task.WhenAll(
                Enumerable.Range(0, 8).Select(writer => Driver.DecideAsync(key, Commands.Create(title: $"by {writer}"))));
            var results = await Race.RunAsync(8, async writer => await Store.AppendAsync(writes[writer], default));

            var winner = Assert.Single(results.OfType<DecisionResult.Committed>());
            Assert.Equal(Text.Of(winner.Sealed.State), Text.Of(await Driver.StateAsync(key)));
            Assert.Single(await Driver.LogAsync(key));
        }
    }

    [Fact]
    public async Task Of_many_decisions_on_one_version_exactly_one_wins()
    {
        for (var race = 0; race < Races; race++)
        {
            var key = Key($"s{race}");
            await Driver.DoAsync(key, Commands.Create());
            var writes = await Task.WhenAll(
                Enumerable.Range(0, 8).Select(writer => Driver.DecideAsync(key, Commands.Send($"r{writer}", key: $"k{writer}"))));
            var results = await Race.RunAsync(8, async writer => await Store.AppendAsync(writes[writer], default));

            var won = Assert.Single(results.OfType<DecisionResult.Committed>()).Sealed;
            var run = Assert.Single(await Store.ListRunsAsync(key, null, 10, default));
            Assert.Equal(won.Runs.Single().Id, run.Id);
            for (var writer = 0; writer < 8; writer++)
                Assert.Equal(run.Id.Value == $"r{writer}", (await LoadAsync(key, $"k{writer}")).Facts.Key is not null);
        }
    }

    [Fact]
    public async Task Invariant_37_seqs_are_gapless_under_outputs_and_decisions_at_once()
    {
        var run = await Driver.RunningAsync(Key(), "r1");
        var seqs = await Race.RunAsync(8, async writer =>
        {
            var mine = new List<long>();
            for (var n = 0; n < 40; n++)
            {
                mine.AddRange(writer < 6
                    ? (await Driver.SayAsync(Key(), run, "x")).Records.Select(record => record.Seq)
                    : (await Driver.DoAsync(Key(), new UpdateSession($"{writer}.{n}", null))).Records.Select(record => record.Seq));
            }

            return mine;
        });

        Assert.All(seqs, mine => Assert.Equal(mine.Order(), mine));
        Assert.Equal(Enumerable.Range(4, 8 * 40).Select(seq => (long)seq), seqs.SelectMany(mine => mine).Order());
        await LogReplay.AgreesAsync(Store, Key());
        var ended = await Driver.DoAsync(Key(), Commands.Complete(run));
        Assert.Equal(6 * 40, ended.Runs.Single().Output?.Length);
    }

    [Fact]
    public async Task Invariant_13_nothing_lands_behind_the_terminal_event_while_workers_go_on_writing()
    {
        for (var race = 0; race < Races; race++)
        {
            var key = Key($"s{race}");
            var run = await Driver.RunningAsync(key, "r1");
            var landed = await Race.RunAsync(4, async writer =>
            {
                if (writer == 0)
                {
                    await Driver.DoAsync(key, Commands.Abort());
                    return 0;
                }

                var count = 0;
                while (await Driver.OutputAsync(key, run, null, new RunDelta(run.Id, "x")) is OutputResult.Landed)
                    count++;

                return count;
            });

            var log = await Driver.LogAsync(key);
            var ended = Assert.IsType<RunAborted>(log[^1].Event).Run;
            Assert.Equal(landed.Sum(), ended.Output?.Length ?? 0);
            Assert.Equal(landed.Sum(), log.Count(record => record.Event is RunDelta));
        }
    }
}
