using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Sessions.Worker;

namespace Sessions.Load;

/// <summary>
/// Does what the run's text says: <see cref="Answer"/> at once, <see cref="Hold"/> until it is cancelled,
/// <see cref="Stream"/> deltas without an end, or <see cref="Paced"/>, as many as it says once the gate is open.
/// </summary>
internal sealed class WorkAgent(WorkGate gate) : IAgent
{
    public const string Answer = "answer";
    public const string Hold = "hold";
    public const string Stream = "stream";
    public const string Paced = "paced";

    public const string Began = "began";
    public const string Cancelled = "cancelled";

    private const int StreamsPerSecond = 50;

    public async IAsyncEnumerable<AgentOutput> RunAsync(
        AgentRun run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();

        // Kept registered: what the cancellation wakes first may be through with the run before this is called.
        cancellationToken.Register(() => WorkerNote.Say(Cancelled, run.Run.Id, Stopwatch.GetTimestamp()));
        WorkerNote.Say(Began, run.Run.Id, began);
        switch (run.Run.Input.Text.Split(' '))
        {
            case [Answer]:
                yield return new AgentOutput.Delta("there");
                break;
            case [Hold]:
                await Task.Delay(Timeout.Infinite, cancellationToken);
                break;
            case [Stream]:
                await foreach (var delta in DeltasAsync(began, int.MaxValue, StreamsPerSecond, cancellationToken))
                    yield return delta;
                break;
            case [Paced, var count, var perSecond]:
                var opened = await gate.PassAsync(cancellationToken);
                await foreach (var delta in DeltasAsync(opened, Number(count), Number(perSecond), cancellationToken))
                    yield return delta;
                break;
            default:
                throw new AgentException("no_such_work", $"It does not know '{run.Run.Input.Text}'.");
        }
    }

    public static string PacedText(int count, int perSecond) => string.Create(CultureInfo.InvariantCulture, $"{Paced} {count} {perSecond}");

    /// <summary>At the times that are due, whatever the ones before took; the runs are spread over the first interval.</summary>
    private static async IAsyncEnumerable<AgentOutput> DeltasAsync(
        long from, int count, int perSecond, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var phase = Random.Shared.NextDouble();
        for (var number = 0; number < count; number++)
        {
            var due = TimeSpan.FromSeconds((number + phase) / perSecond) - Stopwatch.GetElapsedTime(from);
            if (due > TimeSpan.Zero)
                await Task.Delay(due, cancellationToken);

            yield return new AgentOutput.Delta(DeltaText.Now(number));
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
