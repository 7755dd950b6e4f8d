using System.Collections.Immutable;
using Sessions.Engine;

namespace Sessions.Postgres.Tests;

/// <summary>What replicas tell of workers comes through, in as few payloads as hold it.</summary>
public sealed class WorkerTextTests
{
    private static readonly Guid Mine = Guid.NewGuid();

    [Fact]
    public void Workers_and_questions_come_through()
    {
        var present = Enumerable.Range(0, 1000)
            .Select(number => new WorkerPresence(new("t"), new($"w:{number}"), new("an.agent_of-mine"))).ToImmutableArray();

        var payloads = WorkerText.Write(Mine, new WorkerNews(present, Asks: true)).ToArray();
        var heard = payloads.Select(payload => WorkerText.Read(Guid.NewGuid(), payload)!).ToArray();

        Assert.All(payloads, payload => Assert.InRange(payload.Length, 1, WakeupText.MaxLength));
        Assert.Equal(present, heard.SelectMany(news => news.Present));
        Assert.Single(heard, news => news.Asks);
        Assert.All(payloads, payload => Assert.Null(WorkerText.Read(Mine, payload)));
        Assert.All(payloads, payload => Assert.Empty(WakeupText.Read(Guid.NewGuid(), payload)));
    }

    [Fact]
    public void Hints_of_logs_are_no_news_of_workers()
    {
        var payload = Assert.Single(WakeupText.Write(Mine, [new(new(new("t"), new("s")), 7, true, null, [])]));

        Assert.Null(WorkerText.Read(Guid.NewGuid(), payload));
        Assert.Empty(WorkerText.Write(Mine, null));
    }
}
