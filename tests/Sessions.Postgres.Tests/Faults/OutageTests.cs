using Sessions.Testing;

namespace Sessions.Postgres.Tests;

public sealed class OutageTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly ManualTimeProvider _time = new();
    private readonly Outage _outage;

    public OutageTests() => _outage = new Outage(_time, Patience);

    [Fact]
    public void What_fails_is_tried_again_until_nothing_has_worked_for_a_while()
    {
        Assert.True(_outage.Failed());
        _time.Advance(Patience / 2);
        Assert.True(_outage.Failed());
        _time.Advance(Patience / 2);
        Assert.False(_outage.Failed());
        _time.Advance(TimeSpan.FromHours(1));
        Assert.False(_outage.Failed());
    }

    [Fact]
    public void Whatever_works_ends_it()
    {
        _outage.Failed();
        _time.Advance(Patience);
        _outage.End();
        Assert.True(_outage.Failed());
        _time.Advance(Patience / 2);
        Assert.True(_outage.Failed());
    }
}
