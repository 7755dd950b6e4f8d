using System.Globalization;

namespace Sessions.Load;

/// <summary>A line that a worker's process writes on standard output: a word, what it is about, and the rest.</summary>
/// <param name="Worker">Which of the scene's workers wrote it.</param>
/// <param name="Word">What happened.</param>
/// <param name="Subject">To which run, or for which question.</param>
/// <param name="Rest">A timestamp of the <see cref="System.Diagnostics.Stopwatch"/>, the same clock in all processes of a machine; or an answer.</param>
internal sealed record WorkerNote(int Worker, string Word, string Subject, string Rest)
{
    public long At => long.Parse(Rest, CultureInfo.InvariantCulture);

    public static void Say(string word, string subject, long at) => Say(word, subject, at.ToString(CultureInfo.InvariantCulture));

    public static void Say(string word, string subject, string rest) => Console.Out.WriteLine($"{word} {subject} {rest}");

    public static WorkerNote Parse(int worker, string line) => line.Split(' ', 3) is [var word, var subject, var rest]
        ? new WorkerNote(worker, word, subject, rest)
        : throw new InvalidDataException($"Worker {worker} said '{line}'.");
}
