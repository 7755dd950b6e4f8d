using System.Diagnostics;
using System.Text.Json;

namespace Sessions.Load.Tests;

/// <summary>The load program as it is called from a shell, with its answer as JSON.</summary>
internal sealed record LoadRun(int ExitCode, string Output, string Errors)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    public static async Task<LoadRun> OfAsync(string arguments, string connectionString)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Sessions.Load.dll"));
        foreach (var argument in arguments.Split(' '))
            start.ArgumentList.Add(argument);

        foreach (var argument in new[] { "--json", "--connection", connectionString })
            start.ArgumentList.Add(argument);

        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(patience.Token);
            var errors = process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return new LoadRun(process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>It found nothing wrong, and took all of these figures.</summary>
    public void Took(params string[] figures)
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}: {Output}{Errors}");
        var all = JsonDocument.Parse(Output).RootElement.GetProperty("figures");
        foreach (var figure in figures)
        {
            Assert.True(
                all.TryGetProperty(figure, out var taken) && taken.TryGetProperty("value", out var value) && value.GetDouble() > 0,
                $"There is no figure '{figure}' in {Output}");
        }
    }
}
