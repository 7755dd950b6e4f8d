using System.Diagnostics.CodeAnalysis;
using System.IO.Pipes;
using Microsoft.Win32.SafeHandles;

namespace Sessions.Worker;

/// <summary>A child process with its pipes.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Ending it lets go of all.")]
internal sealed class ChildProcess
{
    private readonly ChildGroup _group;
    private readonly AnonymousPipeClientStream _input;
    private readonly ChildOutput _errorOutput;
    private readonly TimeProvider _timeProvider;

    private ChildProcess(int id, SafePipeHandle input, SafePipeHandle output, SafePipeHandle error, TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        _group = new ChildGroup(id);
        _input = new AnonymousPipeClientStream(PipeDirection.Out, input);
        Output = new ChildOutput(new AnonymousPipeClientStream(PipeDirection.In, output), Exited, timeProvider);
        _errorOutput = new ChildOutput(new AnonymousPipeClientStream(PipeDirection.In, error), Exited, timeProvider);
        Errors = new ErrorTail(_errorOutput);
    }

    public Task<ChildExit> Exited => _group.Exited;

    public ChildOutput Output { get; }

    public ErrorTail Errors { get; }

    /// <exception cref="SpawnException">It can't be started.</exception>
    public static ChildProcess Start(ProcessAgentOptions options, TimeProvider timeProvider)
    {
        var start = ChildStart.Of(options);
        GroupWatchdog.Shared.Start();
        var pipes = new List<SpawnPipe>(3);
        try
        {
            while (pipes.Count < 3)
                pipes.Add(SpawnPipe.Open(options.Command));
            var id = Spawner.Start(
                start.Path, start.Arguments, start.Environment, start.Directory,
                (pipes[0].Read, pipes[1].Write, pipes[2].Write));
            pipes[0].Read.Dispose();
            pipes[1].Write.Dispose();
            pipes[2].Write.Dispose();
            return new ChildProcess(id, pipes[0].Write, pipes[1].Read, pipes[2].Read, timeProvider);
        }
        catch
        {
            pipes.ForEach(pipe => pipe.Dispose());
            throw;
        }
    }

    /// <summary>Writes to its standard input and closes it, as fast as the child reads and at most until it is ended.</summary>
    public void Feed(byte[] input) => _ = FeedAsync(input);

    /// <summary>Ends the child and its group. What it writes by then is read, so that it can come to its end, and dropped.</summary>
    /// <param name="patience">How long it may take to exit by itself.</param>
    public async Task EndAsync(TimeSpan patience)
    {
        var draining = DrainAsync();
        await _group.EndAsync(patience, _timeProvider);
        await _input.DisposeAsync();
        Output.Dispose();
        _errorOutput.Dispose();
        await draining;
    }

    private async Task FeedAsync(byte[] input)
    {
        try
        {
            await _input.WriteAsync(input);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // It does not read, which is its own affair.
        }
        finally
        {
            await _input.DisposeAsync();
        }
    }

    private async Task DrainAsync()
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await Output.ReadAsync(buffer, CancellationToken.None) > 0)
            {
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
        }
    }
}
