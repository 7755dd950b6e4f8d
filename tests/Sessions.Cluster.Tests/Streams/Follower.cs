using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Sessions.Core;
using Sessions.Protocol;
using Sessions.Testing;

namespace Sessions.Cluster.Tests;

/// <summary>How a follower reads.</summary>
internal enum Following
{
    /// <summary>It leaves now and then, and resumes through another replica.</summary>
    Restless,

    /// <summary>It stays where it is until it is let go: what it misses nobody makes up for but the server.</summary>
    Faithful,

    /// <summary>It stays, and takes its time over every frame.</summary>
    Slow,
}

/// <summary>
/// Follows a session's events from the start to the end, over as many responses as it takes, each resumed by the cursor
/// through a random replica.
/// </summary>
internal sealed class Follower(Scene scene, SessionKey session, Following following, HttpClient http, Dice dice)
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(20);

    private readonly string _name = $"{following} follower of {session.Session}";
    private readonly List<Delivered> _records = [];
    private long _lastSeq;
    private volatile bool _finishing;

    public string Name => _name;

    public SessionKey Session => session;

    /// <summary>How far it has come.</summary>
    public long LastSeq => Interlocked.Read(ref _lastSeq);

    /// <summary>How many responses it took.</summary>
    public int Responses { get; private set; }

    /// <summary>From now on it stays where it is and loses no time.</summary>
    public void BeginFinish() => _finishing = true;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(cancellationToken);
            }
            catch (Exception fault)
            {
                scene.History.Add(new Observation.Faulted($"{_name}: {fault}"));
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50 + dice.Below(200)), CancellationToken.None);
        }

        scene.History.Add(new Subscribed(_name, session, _records.Count == 0 ? 0 : _records[0].Seq - 1, _records)
        {
            Shows = WireRecord.Of,
        });
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        if (dice.Choose(scene.Cluster.Replicas).Address is not { } address)
            return;

        using var stay = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stay.CancelAfter(Silence);
        var until = following == Following.Restless ? Stopwatch.GetTimestamp() + ((1 + dice.Below(6)) * Stopwatch.Frequency) : long.MaxValue;
        var cursor = _records.Count == 0 ? 0 : _records[^1].Seq;
        var path = Scene.PathOf(session, "/events");
        await using var frames = await Frames.OpenAsync(http, new Uri(address, path), stay.Token, cursor, asHeader: dice.Once(2));
        if (frames is null)
            return;

        if (frames.Status is not (200 or 503))
            scene.History.Add(new Observation.Faulted($"{_name}: {path} was answered {frames.Status}."));

        if (frames.Status != 200)
            return;

        Responses++;
        while (await frames.NextAsync() is { } frame)
        {
            Take(frame.EventType, frame.EventId, frame.Data);
            if (!_finishing && Stopwatch.GetTimestamp() > until)
                return;

            if (following == Following.Slow && !_finishing)
                await Task.Delay(20 + dice.Below(60), CancellationToken.None);

            stay.CancelAfter(Silence);
        }

        if (frames.EndedCleanly)
            scene.History.Add(new Observation.EndedWithoutEnd($"{path} of {_name}"));
    }

    private void Take(string type, string? id, byte[] data)
    {
        if (type == EventTypes.Synchronized)
            return;

        var record = JsonSerializer.Deserialize(data, ProtocolJson.Default.EventResource)!;
        if (id != record.Seq.ToString(CultureInfo.InvariantCulture) || type != record.Type || record.SessionId != session.Session.Value)
            scene.History.Add(new Observation.Faulted($"{_name}: frame {type} {id} carries {record.Type} {record.Seq} of {record.SessionId}."));

        _records.Add(new(record.Seq, WireRecord.Of(record)));
        if (EventTypes.IsTerminal(type))
            scene.SawEnd(session, new RunId(record.RunId!));

        Interlocked.Exchange(ref _lastSeq, record.Seq);
    }
}
