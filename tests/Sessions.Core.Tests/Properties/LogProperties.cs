using Sessions.Core.Tests.Checking;
using Sessions.Core.Tests.Model;

namespace Sessions.Core.Tests.Properties;

public sealed class LogProperties
{
    [Fact]
    public void Invariant_37_Seqs_are_gapless() => PropertyRun.Holds(37);

    [Fact]
    public void Invariant_37_Replaying_the_log_gives_the_stored_state() => PropertyRun.Holds(player =>
    {
        var replayed = SessionState.None(player.Store.State.Key);
        foreach (var record in LogChain.ToArray(player.Store.Log))
            replayed = Evolver.Apply(replayed, record);

        return Same.States(replayed, player.Store.State) ? null : $"replayed {replayed}, stored {player.Store.State}";
    });

    [Fact]
    public void Invariant_37_Sealing_a_decision_again_gives_the_same_records() => PropertyRun.Holds(player =>
    {
        foreach (var step in player.Steps)
        {
            if (step.Accepted is not { } accepted)
                continue;

            var again = Sealer.Seal(step.Before.State, accepted.Events, step.DecidedAt, step.Before.Streamed);
            if (!Types(again.Records).SequenceEqual(Types(step.Records)) || !Same.States(again.State, step.After.State))
                return $"{step.Command} sealed twice gives {again.State} and {step.After.State}";
        }

        return null;
    });

    [Fact]
    public void Every_operation_is_accepted_somewhere_and_refused_somewhere()
    {
        var seen = new HashSet<string>();
        PropertyRun.Holds(player =>
        {
            foreach (var step in player.Steps)
            {
                var answer = step.Refused?.ToString() ?? ((object?)step.Verdict ?? step.Decision!).GetType().Name;
                seen.Add($"{step.Command?.GetType().Name ?? "Write"} {answer}");
            }

            return null;
        });
        string[] expected =
        [
            "SendMessage Accepted", "SendMessage Unchanged", "SendMessage SessionBusy", "SendMessage QueueFull",
            "SendMessage AgentMismatch", "SendMessage AgentNotFound", "SendMessage IdempotencyKeyReused",
            "SendMessage RunConflict", "SendMessage SessionDeleted", "StartRun Accepted", "StartRun NothingToStart",
            "CompleteRun Accepted", "CompleteRun LeaseLost", "CompleteRun Unchanged", "FailRun Accepted", "FailRun LeaseLost",
            "FailRun RunNotFound", "ReturnRun Accepted", "ReturnRun LeaseLost", "AbortRuns Accepted", "AbortRuns Unchanged", "AbortRuns RunNotFound", "ExpireDue Accepted",
            "ExpireDue Unchanged", "ResetSession Accepted", "DeleteSession Accepted", "DeleteSession Unchanged",
            "Write Holds", "Write Lost", "Write Repeated", "Write OutOfOrder",
        ];
        Assert.Empty(expected.Except(seen));
    }

    private static IEnumerable<Type> Types(IEnumerable<LogRecord> records) => records.Select(record => record.Event.GetType());
}
