using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sessions.Load.Tests;

/// <summary>The audit of runs that workers elsewhere executed finds what it is there to find, in logs that it reads from a socket.</summary>
public sealed class SceneAuditTests
{
    [Fact]
    public async Task A_whole_log_is_in_order() =>
        Assert.Empty(await AuditAsync(RunEnd.Completed, Delta(1, 0), Delta(2, 1), Ended(3, "run.completed")));

    [Fact]
    public async Task A_lost_delta_is_found() =>
        Assert.Equal(["session s: 1 of 2 deltas, 0 out of order"], await AuditAsync(RunEnd.Completed, Delta(1, 0), Ended(2, "run.completed")));

    [Fact]
    public async Task Deltas_out_of_order_are_found() => Assert.Equal(
        ["session s: 2 of 2 deltas, 2 out of order"],
        await AuditAsync(RunEnd.Completed, Delta(1, 1), Delta(2, 0), Ended(3, "run.completed")));

    [Fact]
    public async Task A_gap_in_the_log_is_found() => Assert.Equal(
        ["session s: seq 3 follows 1"], await AuditAsync(RunEnd.Completed, Delta(1, 0), Delta(3, 1), Ended(4, "run.completed")));

    [Fact]
    public async Task A_run_without_an_end_is_found() =>
        Assert.Equal(["session s: run r has no end"], await AuditAsync(RunEnd.Completed, Delta(1, 0), Delta(2, 1)));

    [Fact]
    public async Task A_second_end_is_found() => Assert.Equal(
        ["session s: seq 4 of run r follows its end"],
        await AuditAsync(RunEnd.Aborted, Delta(1, 0), Delta(2, 1), Ended(3, "run.aborted"), Ended(4, "run.aborted")));

    [Fact]
    public async Task Another_end_than_expected_is_found()
    {
        Assert.Empty(await AuditAsync(RunEnd.WorkerLost, Delta(1, 0), Delta(2, 1), Ended(3, "run.failed", "worker_lost")));
        Assert.Equal(
            ["session s: run r did not fail as worker_lost"],
            await AuditAsync(RunEnd.WorkerLost, Delta(1, 0), Delta(2, 1), Ended(3, "run.failed", "worker_exited")));
        Assert.Equal(
            ["session s: run r did not end aborted"],
            await AuditAsync(RunEnd.Aborted, Delta(1, 0), Delta(2, 1), Ended(3, "run.completed")));
    }

    private static string Delta(long seq, int number) => Frame(seq, "run.delta", $$"""{"runId":"r","text":"{{DeltaText.Now(number)}}"}""");

    private static string Ended(long seq, string name, string? code = null) =>
        Frame(seq, name, $$$"""{"runId":"r","run":{"error":{"code":"{{{code}}}"},"id":"r"}}""");

    private static string Frame(long seq, string name, string data) =>
        string.Create(CultureInfo.InvariantCulture, $"id: {seq}\nevent: {name}\ndata: {data}\n\n");

    /// <summary>Of one session with one run of two deltas, whose log is this.</summary>
    private static async Task<IReadOnlyList<string>> AuditAsync(RunEnd expected, params string[] frames)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, string.Concat(frames) + "event: synchronized\ndata: {}\n\n", patience.Token);
        var audit = new SceneAudit();
        audit.Accepted("s", "r");
        var faults = await audit.RunAsync((IPEndPoint)listener.LocalEndpoint, expected, deltas: 2, patience.Token);
        await serving;
        return faults;
    }

    private static async Task ServeAsync(TcpListener listener, string body, CancellationToken cancellationToken)
    {
        using var socket = await listener.AcceptSocketAsync(cancellationToken);
        await socket.ReceiveAsync(new byte[4096], cancellationToken);
        await socket.SendAsync(
            Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n{body}\r\n"), cancellationToken);
        socket.Shutdown(SocketShutdown.Send);
    }
}
