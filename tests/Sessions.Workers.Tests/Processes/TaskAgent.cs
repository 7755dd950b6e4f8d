using System.Globalization;
using System.Runtime.CompilerServices;
using Sessions.Worker;

namespace Sessions.Workers.Tests;

/// <summary>
/// Does what the run's text says, word after word: <c>say:TEXT</c>, <c>wait:MS</c>, <c>hold</c> until cancelled, <c>starve:MS</c>
/// (blocks every thread of the pool), <c>fail:CODE</c>. Says on standard output what it begins and how it is let go.
/// </summary>
internal sealed class TaskAgent : IAgent
{
    private const int StarvingThreads = 40;

    public async IAsyncEnumerable<AgentOutput> RunAsync(
        AgentRun run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Console.WriteLine($"begins {run.Run.Id}");

        // Kept registered: what the cancellation wakes first may be through with the run before this is called.
        cancellationToken.Register(() => Console.WriteLine($"cancelled {run.Run.Id}"));
        foreach (var word in run.Run.Input.Text.Split(' '))
        {
            switch (word.Split(':', 2))
            {
                case ["say", var text]:
                    yield return new AgentOutput.Delta(text);
                    break;
                case ["wait", var milliseconds]:
                    await Task.Delay(Milliseconds(milliseconds), cancellationToken);
                    break;
                case ["starve", var milliseconds]:
                    var blocked = Enumerable.Range(0, StarvingThreads).Select(_ => Task.Run(() => Thread.Sleep(Milliseconds(milliseconds))));
                    await Task.WhenAll(blocked.ToArray());
                    break;
                case ["hold"]:
                    await Task.Delay(Timeout.Infinite, cancellationToken);
                    break;
                case ["fail", var code]:
                    throw new AgentException(code, "As it was told.");
                default:
                    throw new AgentException("no_such_word", $"It does not know '{word}'.");
            }
        }
    }

    private static TimeSpan Milliseconds(string text) => TimeSpan.FromMilliseconds(int.Parse(text, CultureInfo.InvariantCulture));
}
