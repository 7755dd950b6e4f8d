using Sessions.Protocol;

namespace Sessions.Client;

/// <summary>
/// A client of the sessions API over HTTP and SSE. Calls and streams survive broken connections and replicas that go:
/// see <see cref="SessionsClientOptions.RetryFor"/>. Safe for concurrent use; one per server is enough.
/// </summary>
public sealed class SessionsClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly bool _ownsHttp;
    private readonly Transport _transport;

    /// <summary>A client with connections of its own, which <see cref="Dispose"/> closes.</summary>
    /// <param name="server">The server's base address, absolute, before <c>/v1</c>.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="ArgumentException">The address is not absolute, or an option is out of range.</exception>
    public SessionsClient(Uri server, SessionsClientOptions? options = null)
        : this(NewHttp(), server, options) => _ownsHttp = true;

    /// <summary>A client over connections of somebody else's, who disposes of them.</summary>
    /// <param name="http">With a <see cref="HttpClient.BaseAddress"/>; its timeout applies to each attempt.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="ArgumentException">There is no base address, or an option is out of range.</exception>
    public SessionsClient(HttpClient http, SessionsClientOptions? options = null)
        : this(http, http?.BaseAddress, options)
    {
    }

    private SessionsClient(HttpClient? http, Uri? server, SessionsClientOptions? options)
    {
        ArgumentNullException.ThrowIfNull(http);
        if (server is not { IsAbsoluteUri: true })
        {
            throw new ArgumentException("The base address has to be absolute.", nameof(server));
        }

        _http = http;
        _transport = new Transport(http, WithSlash(server), (options ?? new SessionsClientOptions()).Validated());
    }

    /// <summary>A session's handle; asks the server nothing.</summary>
    /// <exception cref="ArgumentException">It is not an id, or one that no URL can name.</exception>
    public SessionHandle Session(string id) => new(_transport, Ids.Checked(id, nameof(id)));

    /// <summary>Creates a session, or gives the one there is when it agrees with what is asked for.</summary>
    /// <param name="request">
    /// Null for all defaults. Without an id a UUIDv7 is chosen here, so that a retry creates one session.
    /// </param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    /// <exception cref="SessionsException"><c>session_conflict</c>, <c>session_deleted</c>, <c>agent_not_found</c>.</exception>
    public Task<SessionResource> CreateSessionAsync(
        CreateSessionRequest? request = null, CancellationToken cancellationToken = default)
    {
        request ??= new CreateSessionRequest();
        var id = request.Id is null ? Ids.New(_transport.Options.TimeProvider) : Ids.Checked(request.Id, nameof(request));
        var call = new Call(HttpMethod.Post, Paths.Sessions, id)
            .With(request with { Id = id }, ProtocolJson.Default.CreateSessionRequest);
        return _transport.CallAsync(call, ProtocolJson.Default.SessionResource, cancellationToken);
    }

    /// <summary>
    /// Sessions, newest change first, fetched as they are read. One that changes meanwhile may come twice; to follow
    /// changes use <see cref="Watch"/>.
    /// </summary>
    /// <param name="filter">Null for all.</param>
    /// <param name="cancellationToken">Ends the list.</param>
    public IAsyncEnumerable<SessionResource> ListSessions(
        SessionFilter? filter = null, CancellationToken cancellationToken = default) =>
        Pages.SessionsAsync(_transport, filter ?? new SessionFilter(), cancellationToken);

    /// <summary>
    /// The sessions as they change, without end: a snapshot, <see cref="WatchSynchronizedItem"/>, then changes. A broken
    /// connection is taken up again with a snapshot of everything, of which only news is passed on: what changed, and
    /// sessions that this enumeration has not brought before. Each enumeration is a watch of its own.
    /// </summary>
    /// <param name="snapshot">What to begin with.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    /// <exception cref="SessionsStreamException">The stream kept breaking.</exception>
    /// <exception cref="SessionsUnreachableException">No answer came for too long.</exception>
    public IAsyncEnumerable<WatchItem> Watch(
        WatchSnapshot snapshot = WatchSnapshot.Active, CancellationToken cancellationToken = default) =>
        WatchStream.ReadAsync(_transport, snapshot, cancellationToken);

    /// <summary>The agents that can be sent to.</summary>
    public async Task<IReadOnlyList<AgentResource>> AgentsAsync(CancellationToken cancellationToken = default)
    {
        var call = new Call(HttpMethod.Get, Paths.Agents);
        var list = await _transport.CallAsync(call, ProtocolJson.Default.AgentList, cancellationToken);
        return list.Items;
    }

    /// <summary>Closes the connections, if they are the client's own.</summary>
    public void Dispose()
    {
        if (_ownsHttp)
        {
            _http.Dispose();
        }
    }

    private static HttpClient NewHttp() => new(new SocketsHttpHandler
    {
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),

        // A stream that is left is closed at once, not read on in the hope of an end.
        MaxResponseDrainSize = 0,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private static Uri WithSlash(Uri server)
    {
        var path = server.GetLeftPart(UriPartial.Path);
        return new Uri(path.EndsWith('/') ? path : path + '/');
    }
}
