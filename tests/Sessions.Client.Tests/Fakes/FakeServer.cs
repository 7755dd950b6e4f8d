using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Sessions.Testing.Fakes;

/// <summary>What a scripted server does with one request.</summary>
internal delegate Task Play(HttpContext context);

/// <summary>A request that a scripted server has seen.</summary>
internal sealed record SeenRequest(string Method, string Target, string Body, CancellationToken ClientGone)
{
    public override string ToString() => $"{Method} {Target} {Body}";

    /// <summary>Ends when the client has closed the request's connection.</summary>
    public async Task LeftAsync()
    {
        var left = new TaskCompletionSource();
        await using var registration = ClientGone.Register(left.SetResult);
        await left.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }
}

/// <summary>
/// A real Kestrel that plays a script: per method and path, one play for each request in turn, the last one for all
/// that follow.
/// </summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Play>> _script = new();
    private readonly List<SeenRequest> _seen = [];
    private TaskCompletionSource _arrival = NewArrival();
    private WebApplication? _app;

    /// <summary>Keeps the port, and refuses connections to it, while nothing listens there.</summary>
    private Socket? _reserved;

    private FakeServer()
    {
    }

    public Uri Address { get; private set; } = new("http://127.0.0.1:0/");

    public IReadOnlyList<SeenRequest> Seen
    {
        get
        {
            lock (_seen)
            {
                return [.. _seen];
            }
        }
    }

    public static async Task<FakeServer> StartAsync()
    {
        var server = new FakeServer();
        await server.ListenAsync();
        return server;
    }

    /// <summary>A server whose address refuses connections until <see cref="ListenAsync"/>.</summary>
    public static FakeServer NotYetListening()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return new FakeServer { _reserved = socket, Address = new Uri($"http://{socket.LocalEndPoint}/") };
    }

    public async Task ListenAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        ((IWebHostBuilder)builder.WebHost).UseKestrelCore().UseUrls(Address.ToString());

        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.Zero);
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Run(AnswerAsync);
        _reserved?.Dispose();
        await _app.StartAsync();
        Address = new Uri(_app.Urls.Single());
    }

    /// <summary>Scripts what requests to a path, without its query, get.</summary>
    public FakeServer On(string method, string path, params Play[] plays)
    {
        var queue = _script.GetOrAdd($"{method} {path}", _ => new ConcurrentQueue<Play>());
        foreach (var play in plays)
        {
            queue.Enqueue(play);
        }

        return this;
    }

    /// <summary>Takes a path out of the script.</summary>
    public FakeServer Forget(string method, string path)
    {
        _script.TryRemove($"{method} {path}", out _);
        return this;
    }

    /// <summary>The requests seen whose method and target begin so.</summary>
    public IReadOnlyList<SeenRequest> SeenOf(string start) =>
        [.. Seen.Where(request => request.ToString().StartsWith(start, StringComparison.Ordinal))];

    /// <summary>The n-th request, from 1, whose method and target begin so, as soon as it has come.</summary>
    public async Task<SeenRequest> WaitForAsync(string start, int count = 1)
    {
        while (true)
        {
            var arrival = Volatile.Read(ref _arrival).Task;
            var requests = SeenOf(start);
            if (requests.Count >= count)
            {
                return requests[count - 1];
            }

            try
            {
                await arrival.WaitAsync(Patience);
            }
            catch (TimeoutException)
            {
                throw new TimeoutException($"No {count}. '{start}' came, but:\n{string.Join('\n', Seen)}");
            }
        }
    }

    /// <summary>Refuses connections from now on, and ends those that there are.</summary>
    public async Task StopListeningAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
            _app = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _reserved?.Dispose();
        await StopListeningAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        using var reader = new StreamReader(request.Body);
        var body = await reader.ReadToEndAsync();
        lock (_seen)
        {
            _seen.Add(new SeenRequest(request.Method, request.Path + request.QueryString, body, context.RequestAborted));
        }

        Interlocked.Exchange(ref _arrival, NewArrival()).SetResult();
        await Next($"{request.Method} {request.Path}")(context);
    }

    private static TaskCompletionSource NewArrival() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Play Next(string route)
    {
        if (!_script.TryGetValue(route, out var plays))
        {
            return Plays.Problem(404, "not_found", $"The script has no '{route}'.");
        }

        return plays.Count > 1 && plays.TryDequeue(out var play) ? play : plays.First();
    }
}
