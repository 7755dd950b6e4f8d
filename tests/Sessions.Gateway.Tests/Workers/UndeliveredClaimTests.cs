using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Gateway.Tests;

/// <summary>A claim whose caller is gone between the commit and the answer (invariants 21, 24).</summary>
public sealed class UndeliveredClaimTests
{
    [Fact]
    public async Task A_claim_that_can_not_be_answered_is_queued_again_at_once()
    {
        var gate = new Gate();
        await using var server = new ServerOwner(await GatewayServer.StartWithAsync(
            services => services.AddSingleton<IRuns>(provider => new GatedRuns(provider.GetRequiredService<DirectEngine>().Runs, gate))));
        var api = server.Api;
        (await api.PostAsync("/v1/sessions/s/messages", new { text = "t", agent = "scripted", runId = "r" })).Ok(202);
        using (var caller = await RawClient.ConnectAsync(server.Address))
        {
            await caller.PostAsync("/v1/workers/claims", """{"workerId":"gone","agents":["scripted"],"waitSeconds":30}""");
            await gate.Reached.Task.WaitAsync(Deadlines.Long);
            Assert.Equal("running", (await api.GetAsync("/v1/sessions/s/runs/r")).Ok().Text("status"));
        }

        await gate.CallerGone.Task.WaitAsync(Deadlines.Long);
        gate.Open = true;
        var claim = (await api.PostAsync("/v1/workers/claims", new { workerId = "next", agents = new[] { "scripted" }, waitSeconds = 10 })).Ok();
        var run = claim.Items("claims")[0].GetProperty("run");
        Assert.Equal(("r", 1), (run.Text("id"), run.GetProperty("attempt").GetInt32()));
    }

    private sealed class Gate
    {
        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource CallerGone { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Open { get; set; }
    }

    private sealed class ServerOwner(GatewayServer server) : IAsyncDisposable
    {
        public Uri Address => server.Address;

        public Api Api => server.Api;

        public async ValueTask DisposeAsync() => await server.DisposeAsync();
    }

    /// <summary>Holds a claim between its commit and its answer for as long as the caller is there.</summary>
    private sealed class GatedRuns(IRuns runs, Gate gate) : IRuns
    {
        public async ValueTask<IReadOnlyList<Message>> ReadHistoryAsync(SessionKey key, Run run, CancellationToken cancellationToken)
        {
            if (!gate.Open)
            {
                gate.Reached.TrySetResult();
                await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                gate.CallerGone.TrySetResult();
            }

            return await runs.ReadHistoryAsync(key, run, cancellationToken);
        }

        public ValueTask<IReadOnlyList<Engine.ClaimedRun>> ClaimAsync(Claim claim, CancellationToken cancellationToken) =>
            runs.ClaimAsync(claim, cancellationToken);

        public ValueTask<Result<HeldLease>> OutputAsync(
            SessionKey key, RunId run, long epoch, long? batch, ImmutableArray<OutputEvent> output, CancellationToken cancellationToken) =>
            runs.OutputAsync(key, run, epoch, batch, output, cancellationToken);

        public ValueTask<Result<HeldLease>> HeartbeatAsync(SessionKey key, RunId run, long epoch, CancellationToken cancellationToken) =>
            runs.HeartbeatAsync(key, run, epoch, cancellationToken);

        public ValueTask<Result<Run>> CompleteAsync(
            SessionKey key, RunId run, long epoch, string? text, string? usage, CancellationToken cancellationToken) =>
            runs.CompleteAsync(key, run, epoch, text, usage, cancellationToken);

        public ValueTask<Result<Run>> FailAsync(
            SessionKey key, RunId run, long epoch, RunError error, FailPhase phase, CancellationToken cancellationToken) =>
            runs.FailAsync(key, run, epoch, error, phase, cancellationToken);

        public ValueTask<Result<Run>> ReturnAsync(SessionKey key, RunId run, long epoch, CancellationToken cancellationToken) =>
            runs.ReturnAsync(key, run, epoch, cancellationToken);

        public IWorkerSignals Listen(TenantId tenant, WorkerId worker) => runs.Listen(tenant, worker);
    }
}
