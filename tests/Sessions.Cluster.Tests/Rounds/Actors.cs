using System.Diagnostics;
using Sessions.Protocol;
using Sessions.Testing;

namespace Sessions.Cluster.Tests;

/// <summary>All who use the cluster in a round, each with chance of its own from the round's seed.</summary>
internal sealed class Actors : IDisposable
{
    private readonly CancellationTokenSource _clientsStopping = new();
    private readonly CancellationTokenSource _givingUp = new();
    private readonly CancellationTokenSource _workersStopping = new();
    private readonly CancellationTokenSource _readersStopping = new();
    private readonly HttpClient _streams = Caller.NewHttp();
    private readonly Scene _scene;
    private readonly Caller _creator;
    private readonly IReadOnlyList<SeededClient> _clients;
    private readonly IReadOnlyList<DotNetClient> _frontends;
    private readonly IReadOnlyList<RemoteWorker> _workers;
    private readonly IReadOnlyList<Follower> _followers;
    private readonly IReadOnlyList<Watcher> _watchers;
    private readonly LeaseInspector _inspector;
    private Task _clienting = Task.CompletedTask;
    private Task _working = Task.CompletedTask;
    private Task _reading = Task.CompletedTask;

    public Actors(Scene scene, int seed)
    {
        var next = seed * 1000;
        Dice Dice() => new(++next);
        _scene = scene;
        _creator = new(scene.Cluster, scene.History, "creator", Dice());
        _clients = [.. Enumerable.Range(0, 4).Select(n => new SeededClient(scene, $"c{n}", Dice()))];
        _frontends = [.. Enumerable.Range(0, 3).Select(n => new DotNetClient(scene, $"f{n}", Dice()))];
        _workers = [.. Enumerable.Range(0, 3).Select(n => new RemoteWorker(scene, $"r{n}", Dice()))];
        _followers = [.. scene.Sessions.SelectMany(session => Enum.GetValues<Following>()
            .Select(following => new Follower(scene, session.Key, following, _streams, Dice())))];
        _watchers = [.. Enumerable.Range(0, 3).Select(n => new Watcher(scene, $"watcher {n}", _streams, Dice()))];
        _inspector = new(scene.Cluster, scene.History);
    }

    public int Open => _clients.Sum(client => client.Open);

    public int Responses => _followers.Sum(follower => follower.Responses);

    public int Ended => _frontends.Sum(frontend => frontend.Ended);

    public int LeaseLooks => _inspector.Looks;

    public TimeSpan LongestWait => _inspector.LongestWait;

    public async Task CreateSessionsAsync()
    {
        foreach (var (key, agent) in _scene.Sessions)
        {
            var body = Caller.Json(new() { Id = key.Session.Value, Agent = agent }, ProtocolJson.Default.CreateSessionRequest);
            var answer = await _creator.AskAsync(HttpMethod.Post, "/v1/sessions", body, default);
            Assert.True(answer is { Status: 201 or 200 }, $"{key} could not be created: {answer}");
        }
    }

    public void Start()
    {
        _reading = Task.WhenAll(
            _followers.Select(follower => Task.Run(() => follower.RunAsync(_readersStopping.Token)))
                .Concat(_watchers.Select(watcher => Task.Run(() => watcher.RunAsync(_readersStopping.Token)))));
        _working = Task.WhenAll(
            _workers.Select(worker => Task.Run(() => worker.RunAsync(_workersStopping.Token)))
                .Append(Task.Run(() => _inspector.RunAsync(_workersStopping.Token))));
        _clienting = Task.WhenAll(
            _clients.Select(client => Task.Run(() => client.RunAsync(_clientsStopping.Token)))
                .Concat(_frontends.Select(frontend => Task.Run(() => frontend.RunAsync(_clientsStopping.Token, _givingUp.Token)))));
    }

    /// <summary>Lets the clients bring to an end what they have begun: the .NET ones wait for their runs.</summary>
    public async Task StopClientsAsync(TimeSpan longest)
    {
        await _clientsStopping.CancelAsync();
        _givingUp.CancelAfter(longest);
        await _clienting.WaitAsync(Times.Patience * 3);
    }

    public async Task StopWorkersAsync()
    {
        await _workersStopping.CancelAsync();
        await _working.WaitAsync(Times.Patience * 2);
    }

    /// <summary>Waits until the readers have everything; the checker says who has not.</summary>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> SettleAsync(TimeSpan longest)
    {
        var from = Stopwatch.GetTimestamp();
        var finals = _scene.History.Finals.ToDictionary(final => final.Key);
        foreach (var follower in _followers)
            follower.BeginFinish();

        while (!IsSettled() && Stopwatch.GetElapsedTime(from) < longest)
            await Task.Delay(TimeSpan.FromMilliseconds(10));

        var settled = Stopwatch.GetElapsedTime(from);
        await StopAsync();
        return settled;

        bool IsSettled() => _followers.All(follower => follower.LastSeq >= finals[follower.Session].State.LastSeq)
            && _watchers.All(watcher => finals.Values.All(final => watcher.Newest.GetValueOrDefault(final.Key) == final.State.Version));
    }

    /// <summary>Ends all, whatever they are at.</summary>
    public async Task StopAsync()
    {
        await _clientsStopping.CancelAsync();
        await _givingUp.CancelAsync();
        await _scene.Cluster.GiveUpAsync();
        await _workersStopping.CancelAsync();
        await _readersStopping.CancelAsync();
        await Task.WhenAll(_clienting, _working, _reading).WaitAsync(Times.Patience * 2);
    }

    public void Dispose()
    {
        foreach (var actor in _clients.Concat<IDisposable>(_frontends).Concat(_workers).Append(_creator).Append(_streams))
            actor.Dispose();

        _clientsStopping.Dispose();
        _givingUp.Dispose();
        _workersStopping.Dispose();
        _readersStopping.Dispose();
    }
}
