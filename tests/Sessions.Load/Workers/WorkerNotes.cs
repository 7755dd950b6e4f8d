using System.Collections.Concurrent;

namespace Sessions.Load;

/// <summary>What all workers of a scene have said; each word about a subject once.</summary>
internal sealed class WorkerNotes
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<(string Word, string Subject), TaskCompletionSource<WorkerNote>> _notes = new();

    public void Add(WorkerNote note)
    {
        if (!Of(note.Word, note.Subject).TrySetResult(note))
            throw new InvalidDataException($"Worker {note.Worker} said '{note.Word} {note.Subject}', which was said before.");
    }

    /// <summary>Waits until a worker has said it.</summary>
    public async Task<WorkerNote> WhenAsync(string word, string subject, CancellationToken cancellationToken)
    {
        try
        {
            return await Of(word, subject).Task.WaitAsync(Patience, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"No worker said '{word} {subject}' in {Patience}.");
        }
    }

    private TaskCompletionSource<WorkerNote> Of(string word, string subject) => _notes.GetOrAdd(
        (word, subject), static _ => new TaskCompletionSource<WorkerNote>(TaskCreationOptions.RunContinuationsAsynchronously));
}
