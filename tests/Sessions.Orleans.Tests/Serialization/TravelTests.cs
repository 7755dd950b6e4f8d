using System.Collections.Immutable;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Sessions.Core;
using Sessions.Orleans.Abstractions;
using Sessions.Testing;

namespace Sessions.Orleans.Tests;

/// <summary>Everything that goes from one process to another arrives as it was.</summary>
public sealed class TravelTests : IDisposable
{
    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    public static TheoryData<string> Kinds => [.. Samples.Keys];

    private static Dictionary<string, object> Samples { get; } = new object[]
    {
        new CreateSession(Commands.Poet, "t", Data("b", "1", "a", "2"), Commands.Agents),
        new UpdateSession("t", Data("a", "")),
        Commands.Send("r", "text", "key", Commands.Poet) with { IfBusy = IfBusy.Interrupt, MaxAttempts = 3 },
        Commands.Start(TimeSpan.FromSeconds(3), "w"),
        new CompleteRun(new("r"), 7, "text", "{}"),
        new FailRun(new("r"), 7, new RunError("c", "m"), FailPhase.Run),
        new ReturnRun(new("r"), 7),
        new AbortRuns(new("r"), "key", AbortReason.Superseded, Commands.Agents),
        new ExpireDue(),
        new ResetSession(),
        new DeleteSession(),
        new SessionCreated(Commands.Echo, "t", Data("a", "b")) { Session = Snapshot() },
        new SessionUpdated(null, Data(), new PendingAbort("k", AbortReason.Superseded)) { Session = Snapshot() },
        new SessionReset { Session = Snapshot() },
        new SessionDeleted { Session = Snapshot() },
        new RunQueued(Run()),
        new RunStarted(new("r"), 2, new("w"), 3, At, At.AddHours(1)),
        new RunRequeued(new("r"), 1, new RunError("c", "m"), At),
        new RunCompleted(Run()),
        new RunFailed(Run(), FailPhase.Run),
        new RunAborted(Run()),
        new RunDelta(new("r"), "d"),
        new RunContent(new("r"), "c"),
        new RunNotice(new("r"), "n"),
        new RunTool(new("r"), "t", "search", ToolPhase.Result, "{}", "[]"),
        new SessionOutcome(Snapshot(), true),
        new SendOutcome(Run(), true),
        new StartOutcome(null),
        new ReportOutcome(Run()),
        new AbortOutcome([new("r")], [new("q")], true),
        new DueOutcome(4),
        new Refusal(RefusalCode.LeaseLost, "m", RunStatus.Failed),
        new SessionEvents(Key, [new LogRecord(3, 2, At, new RunDelta(new("r"), "d")), new LogRecord(4, 2, At, new SessionReset())]),
        new SessionsChanged([new SessionChanged(new("s"), 5)]),
        new OwnerStarted(Run(), Snapshot(), 3, TimeSpan.FromSeconds(1), At, false),
        new OwnerWrite(new("r"), 3, 4, [new RunDelta(new("r"), "d"), new RunNotice(new("r"), "n")], TimeSpan.FromSeconds(1)),
        new OwnerOutput(OwnerOutput.Fate.Landed, new Lease(3, At, 4, 5), 0, null),
        new ReplicaNews(Guid.Empty, [new ReplicaHint(Key, 5, true, Commands.Echo, [new StoppedRun(new("w"), new("r"), 3, "user")])], [new ReadyRuns(Key, Commands.Poet, 7)], [new PresentWorker(new("t"), new("w"), Commands.Poet)], true),
    }.ToDictionary(sample => sample.GetType().Name);

    private static SessionKey Key => new(new("t"), new("s"));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void It_arrives_as_it_was(string kind)
    {
        var sample = Samples[kind];
        var serializer = _services.GetRequiredService<Serializer>();

        var arrived = serializer.Deserialize<object>(serializer.SerializeToArray(sample))!;

        Assert.Equal(sample.GetType(), arrived.GetType());
        Assert.Equal(Content(sample), Content(arrived));
    }

    [Fact]
    public void Every_command_event_and_outcome_is_among_the_samples()
    {
        var kinds = typeof(Command).Assembly.GetTypes().Where(type => !type.IsAbstract && (
            type.IsSubclassOf(typeof(Command)) || type.IsSubclassOf(typeof(SessionEvent)) || type.IsSubclassOf(typeof(Outcome))));

        Assert.Empty(kinds.Select(kind => kind.Name).Except(Samples.Keys));
    }

    public void Dispose() => _services.Dispose();

    /// <summary>Every property, those of what is inside by what it really is.</summary>
    private static string Content(object? value) => value switch
    {
        null => "null",
        string or DateTimeOffset or TimeSpan or Guid or Enum => value.ToString()!,
        System.Collections.IEnumerable items => $"[{string.Join(",", items.Cast<object>().Select(Content).Order(StringComparer.Ordinal))}]",
        _ when value.GetType().IsPrimitive => value.ToString()!,
        _ => $"{value.GetType().Name}{{{string.Join(",", value.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public).Select(property => $"{property.Name}={Content(property.GetValue(value))}"))}}}",
    };

    private static ImmutableSortedDictionary<string, string> Data(params string[] flat) => FlatMetadata.Read([.. flat])!;

    private static Run Run() => new()
    {
        Id = new("r"),
        Agent = Commands.Echo,
        Status = RunStatus.Aborted,
        IdempotencyKey = "k",
        Fingerprint = "f",
        Attempt = 2,
        MaxAttempts = 3,
        Timeout = TimeSpan.FromHours(1),
        QueueTimeout = TimeSpan.FromDays(1),
        Worker = new("w"),
        Epoch = 4,
        Input = "in",
        Output = "out",
        Usage = "{}",
        Error = new RunError("c", "m"),
        AbortReason = AbortReason.Superseded,
        Generation = 5,
        QueuedSeq = 6,
        EndedSeq = 7,
        HasOutput = true,
        QueuedAt = At,
        QueueDeadline = At.AddDays(1),
        StartedAt = At.AddSeconds(1),
        Deadline = At.AddHours(1),
        EndedAt = At.AddSeconds(2),
    };

    private static SessionSnapshot Snapshot() => new()
    {
        Key = Key,
        Deleted = true,
        Agent = Commands.Echo,
        Title = "t",
        Metadata = Data("a", "b"),
        Status = SessionStatus.Error,
        ActiveRun = new RunId("r"),
        QueuedRuns = [new("q")],
        Binding = new Binding(BindingState.Bound, Commands.Echo),
        LastError = new SessionError(new RunError("c", "m"), new("r"), At),
        LastRun = new LastRun(new("r"), RunStatus.Failed, At),
        Version = 3,
        LastSeq = 4,
        Generation = 5,
        CreatedAt = At,
        UpdatedAt = At.AddSeconds(1),
    };
}
