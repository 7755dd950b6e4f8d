using System.Runtime.CompilerServices;

namespace Sessions.Worker;

/// <summary>Answers with exactly the input text, a word with its following whitespace a delta.</summary>
/// <param name="wordDelay">The pause between two words; zero for none. 20 ms by default in the server.</param>
/// <param name="timeProvider">The clock of the pause.</param>
public sealed class EchoAgent(TimeSpan wordDelay, TimeProvider timeProvider) : IAgent
{
    /// <summary>The pause between two words when none is configured: 20 ms.</summary>
    public static readonly TimeSpan DefaultWordDelay = TimeSpan.FromMilliseconds(20);

    private readonly TimeSpan _wordDelay = wordDelay >= TimeSpan.Zero
        ? wordDelay
        : throw new ArgumentOutOfRangeException(nameof(wordDelay), wordDelay, "The delay must not be negative.");

    /// <inheritdoc/>
    public async IAsyncEnumerable<AgentOutput> RunAsync(
        AgentRun run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var text = run.Run.Input.Text;
        for (var start = 0; start < text.Length;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (start > 0 && _wordDelay > TimeSpan.Zero)
                await Task.Delay(_wordDelay, timeProvider, cancellationToken);

            var end = EndOfWord(text, start);
            yield return new AgentOutput.Delta(text[start..end]);
            start = end;
        }
    }

    /// <summary>Leading whitespace, a word, and the whitespace behind it.</summary>
    private static int EndOfWord(string text, int start)
    {
        var end = start;
        while (end < text.Length && char.IsWhiteSpace(text[end]))
            end++;
        while (end < text.Length && !char.IsWhiteSpace(text[end]))
            end++;
        while (end < text.Length && char.IsWhiteSpace(text[end]))
            end++;
        return end;
    }
}
