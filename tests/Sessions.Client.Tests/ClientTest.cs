using Sessions.Testing.Fakes;

namespace Sessions.Client.Tests;

/// <summary>A client against a scripted server.</summary>
public abstract class ClientTest : IAsyncLifetime
{
    private readonly List<SessionsClient> _clients = [];

    /// <summary>Retries without waiting to speak of.</summary>
    private protected static readonly SessionsClientOptions Quick = new()
    {
        RetryDelay = TimeSpan.FromMilliseconds(1),
        MaxRetryDelay = TimeSpan.FromSeconds(1),
    };

    private protected FakeServer Server { get; private set; } = null!;

    private protected ManualTime Time { get; } = new();

    public virtual async Task InitializeAsync() => Server = await FakeServer.StartAsync();

    public async Task DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        await Server.DisposeAsync();
    }

    private protected SessionsClient Client(SessionsClientOptions? options = null, FakeServer? server = null)
    {
        var client = new SessionsClient((server ?? Server).Address, options ?? Quick);
        _clients.Add(client);
        return client;
    }

    private protected SessionHandle Session(SessionsClientOptions? options = null) => Client(options).Session("s1");

    /// <summary>A client whose clock stands until the test moves it.</summary>
    private protected SessionsClientOptions Manual() => new() { TimeProvider = Time };

    /// <summary>Lets every pause between retries pass at once until the task has ended.</summary>
    private protected async Task PassPausesAsync(Task task)
    {
        while (!task.IsCompleted)
        {
            var pause = Time.WaitForTimerAsync(TimeSpan.FromTicks(1), TimeSpan.FromSeconds(5));
            if (await Task.WhenAny(task, pause) == pause)
            {
                Time.Advance(await pause);
            }
        }
    }

    private protected static async Task<List<T>> ReadAsync<T>(
        IAsyncEnumerable<T> items, int count = int.MaxValue, Action<T>? onItem = null)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var read = new List<T>();
        try
        {
            await foreach (var item in items.WithCancellation(patience.Token))
            {
                read.Add(item);
                onItem?.Invoke(item);
                if (read.Count == count)
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            Assert.Fail($"Only this came: {string.Join(", ", read)}");
        }

        return read;
    }

    /// <summary>Items as short words: events as seq and type, the rest by name.</summary>
    private protected static string[] Words(IEnumerable<StreamItem> items) => [.. items.Select(item => item switch
    {
        EventItem { Event: var record } => $"{record.Seq} {record.Type}{(record.Text is null ? "" : $" {record.Text}")}",
        SynchronizedItem { LastSeq: var lastSeq } => $"synchronized {lastSeq}",
        _ => throw new InvalidOperationException(item.ToString()),
    })];
}
