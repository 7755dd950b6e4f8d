using System.Collections.Concurrent;
using System.Text.Json;
using Sessions.Core;
using Sessions.Protocol;
using Sessions.Testing;

namespace Sessions.Cluster.Tests;

/// <summary>Watches all sessions through a random replica, and through another one when it is let go.</summary>
internal sealed class Watcher(Scene scene, string name, HttpClient http, Dice dice)
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(20);

    private readonly List<WatchedVersion> _given = [];
    private readonly ConcurrentDictionary<SessionKey, long> _newest = new();

    /// <summary>The newest versions that it has.</summary>
    public IReadOnlyDictionary<SessionKey, long> Newest => _newest;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await WatchAsync(cancellationToken);
            }
            catch (Exception fault)
            {
                scene.History.Add(new Observation.Faulted($"{name}: {fault}"));
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50 + dice.Below(200)), CancellationToken.None);
        }

        scene.History.Add(new Watched(name, _given));
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        if (dice.Choose(scene.Cluster.Replicas).Address is not { } address)
            return;

        using var stay = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stay.CancelAfter(Silence);
        await using var frames = await Frames.OpenAsync(http, new Uri(address, "/v1/sessions/watch?snapshot=all"), stay.Token);
        if (frames is null)
            return;

        if (frames.Status is not (200 or 503))
            scene.History.Add(new Observation.Faulted($"{name} was answered {frames.Status}."));

        if (frames.Status != 200)
            return;

        while (await frames.NextAsync() is { } frame)
        {
            if (frame.EventType == EventTypes.Session)
                Take(JsonSerializer.Deserialize(frame.Data, ProtocolJson.Default.SessionResource)!);

            stay.CancelAfter(Silence);
        }

        if (frames.EndedCleanly)
            scene.History.Add(new Observation.EndedWithoutEnd($"the watch of {name}"));
    }

    private void Take(SessionResource session)
    {
        var key = Scene.KeyOf(session.Id);
        _given.Add(new(key, session.Version));
        _newest[key] = session.Version;
    }
}
