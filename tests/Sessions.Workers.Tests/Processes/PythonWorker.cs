using System.ComponentModel;

namespace Sessions.Workers.Tests;

/// <summary>The example in Python, as a process.</summary>
internal static class PythonWorker
{
    public static WorkerProcess Start(params Uri[] servers)
    {
        try
        {
            return WorkerProcess.Start(
                "python", "python3", [Path.Combine(AppContext.BaseDirectory, "worker.py"), "far", .. servers.Select(server => server.ToString())]);
        }
        catch (Win32Exception missing)
        {
            Assert.Fail($"The example worker needs python3 on the PATH, and there is none to run: {missing.Message}");
            throw;
        }
    }
}
