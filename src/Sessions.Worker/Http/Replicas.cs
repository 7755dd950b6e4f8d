namespace Sessions.Worker;

/// <summary>
/// The servers that a worker may talk to, equal replicas. All its calls go to one until that one fails; where they begin
/// is drawn, so that workers spread.
/// </summary>
internal sealed class Replicas
{
    private readonly Uri[] _servers;
    private int _current;

    public Replicas(IEnumerable<Uri> servers, Random jitter)
    {
        _servers = [.. servers.Select(WithSlash)];
        _current = jitter.Next(_servers.Length);
    }

    public int Count => _servers.Length;

    public Uri Current => _servers[Volatile.Read(ref _current)];

    /// <summary>This one failed: the next calls go to the next one. Does nothing when others have gone on already.</summary>
    public void Leave(Uri server)
    {
        var current = Volatile.Read(ref _current);
        if (ReferenceEquals(_servers[current], server))
            Interlocked.CompareExchange(ref _current, (current + 1) % _servers.Length, current);
    }

    private static Uri WithSlash(Uri server)
    {
        var path = server.GetLeftPart(UriPartial.Path);
        return new Uri(path.EndsWith('/') ? path : path + '/');
    }
}
