using System.Diagnostics;
using System.Text.Json;

namespace Sessions.Load;

/// <summary>A replica in a process of its own.</summary>
internal sealed class ReplicaProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Process _process;

    private ReplicaProcess(Process process) => _process = process;

    public static async Task<ReplicaProcess> StartAsync(string connectionString, string agent, CancellationToken cancellationToken)
    {
        var replica = new ReplicaProcess(LoadProcess.Start(connectionString, ReplicaCommand.Name, agent));
        try
        {
            var line = await replica.ReadAsync(cancellationToken);
            return line == ReplicaCommand.Ready ? replica : throw new InvalidDataException($"The replica said '{line}'.");
        }
        catch
        {
            await replica.DisposeAsync();
            throw;
        }
    }

    /// <summary>Has it work.</summary>
    public async Task<ReplicaRound> DoAsync(ReplicaOrder order, CancellationToken cancellationToken)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(order, ReplicaJson.Default.ReplicaOrder));
        return JsonSerializer.Deserialize(await ReadAsync(cancellationToken), ReplicaJson.Default.ReplicaRound)!;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private async Task<string> ReadAsync(CancellationToken cancellationToken) =>
        await _process.StandardOutput.ReadLineAsync(cancellationToken)
        ?? throw new InvalidOperationException("The replica's process has ended; standard error says why.");
}
