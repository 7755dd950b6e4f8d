namespace Sessions.Workers.Tests;

/// <summary>Lines to all replicas, cut and mended together.</summary>
internal sealed class Lines(IEnumerable<Uri> servers) : IAsyncDisposable
{
    private readonly Line[] _lines = [.. servers.Select(server => new Line(server))];

    public IEnumerable<Uri> Addresses => _lines.Select(line => line.Address);

    public void Cut()
    {
        foreach (var line in _lines)
            line.Cut();
    }

    public void Mend()
    {
        foreach (var line in _lines)
            line.Mend();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var line in _lines)
            await line.DisposeAsync();
    }
}
