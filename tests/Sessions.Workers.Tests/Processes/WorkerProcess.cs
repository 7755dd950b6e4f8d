using System.Diagnostics;
using System.Globalization;
using System.Text;
using Sessions.Testing;

namespace Sessions.Workers.Tests;

/// <summary>A worker in a process of its own. Ends only what it started.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private WorkerProcess(Process process, string id)
    {
        _process = process;
        Id = id;
    }

    public string Id { get; }

    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>The SDK's worker with the agent <c>far</c>, see <see cref="TaskAgent"/>.</summary>
    public static WorkerProcess Start(string id, IEnumerable<Uri> servers, double graceSeconds = 10) => Start(
        id, "dotnet", Path.Combine(AppContext.BaseDirectory, "Sessions.Workers.Tests.dll"),
        id, string.Join(',', servers), graceSeconds.ToString(CultureInfo.InvariantCulture));

    /// <summary>Any program.</summary>
    public static WorkerProcess Start(string id, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        var worker = new WorkerProcess(new Process { StartInfo = start }, id);
        worker._process.OutputDataReceived += worker.Heard;
        worker._process.ErrorDataReceived += worker.Heard;
        worker._process.Start();
        worker._process.BeginOutputReadLine();
        worker._process.BeginErrorReadLine();
        return worker;
    }

    /// <summary>Waits until it has said this.</summary>
    public Task SaysAsync(string text) => SaysTimesAsync(text, 1);

    /// <summary>Waits until it has said this so many times.</summary>
    public async Task SaysTimesAsync(string text, int times)
    {
        var from = Stopwatch.GetTimestamp();
        while (Output.Split(text).Length <= times)
        {
            Assert.True(Stopwatch.GetElapsedTime(from) < Patience.Long, $"Not {times} times '{text}' in: {Output}");
            await Task.Delay(5);
        }
    }

    /// <summary>Sends a signal to this process and no other.</summary>
    public void Send(ProcessSignal signal) => signal.SendTo(_process.Id);

    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience.Long);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Heard(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
            _output.AppendLine(line.Data);
    }
}
