namespace Sessions.Worker;

/// <summary>What a child process writes on its standard output.</summary>
public enum ProcessFormat
{
    /// <summary>
    /// A JSON object a line: output items as in the worker API, and one <c>complete</c> or <c>fail</c> as the last. An exit
    /// without it fails the run, whatever the exit code.
    /// </summary>
    Ndjson,

    /// <summary>Plain UTF-8 text, streamed as it comes; exit code 0 completes the run, any other fails it.</summary>
    Text,
}
