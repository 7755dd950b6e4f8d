using System.Diagnostics;
using System.Globalization;

namespace Sessions.Load;

/// <summary>A worker in a process of its own. Ends only what it started.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly Process _process;
    private readonly WorkerNotes _notes;
    private readonly Task _reading;
    private int _samples;

    private WorkerProcess(Process process, int number, WorkerNotes notes)
    {
        _process = process;
        _notes = notes;
        Number = number;
        _reading = ReadAsync();
    }

    /// <summary>Which of the scene's workers it is.</summary>
    public int Number { get; }

    public static WorkerProcess Start(int number, int concurrency, IEnumerable<string> servers, WorkerNotes notes) => new(
        LoadProcess.StartPlain([WorkCommand.Name, NameOf(number), concurrency.ToString(CultureInfo.InvariantCulture), .. servers]),
        number,
        notes);

    public static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"worker{number}");

    /// <summary>Lets the runs that wait for it go on.</summary>
    public Task GoAsync() => _process.StandardInput.WriteLineAsync(WorkCommand.Go);

    public async Task<WorkerSample> SampleAsync(CancellationToken cancellationToken)
    {
        var question = string.Create(CultureInfo.InvariantCulture, $"{Number}.{++_samples}");
        await _process.StandardInput.WriteLineAsync($"{WorkCommand.Sample} {question}");
        return WorkerSample.Parse((await _notes.WhenAsync(WorkCommand.Sample, question, cancellationToken)).Rest);
    }

    /// <summary>Ends it at once, by SIGKILL.</summary>
    /// <returns>When, just before.</returns>
    public long Kill()
    {
        var at = Stopwatch.GetTimestamp();
        _process.Kill();
        return at;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!_process.HasExited)
                _process.StandardInput.Close();
            await _process.WaitForExitAsync().WaitAsync(Patience);
        }
        catch (Exception exception) when (exception is TimeoutException or IOException)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        await _reading;
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
            _notes.Add(WorkerNote.Parse(Number, line));
    }
}
