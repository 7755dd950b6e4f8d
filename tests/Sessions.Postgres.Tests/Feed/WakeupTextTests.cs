using Sessions.Core;
using Sessions.Engine;
using Sessions.Testing;

namespace Sessions.Postgres.Tests;

/// <summary>Hints come through as they were sent, in as few payloads as hold them.</summary>
public sealed class WakeupTextTests
{
    private static readonly Guid Mine = Guid.NewGuid();

    [Fact]
    public void Hints_come_through()
    {
        var key = new SessionKey(new("t"), new("s:1.2_3-4"));
        Wakeup[] sent =
        [
            new(key, 7, true, new AgentName("echo"), []),
            new(key, long.MaxValue, false, null, []),
            new(key, 9, true, null, [new(key, new("w"), new("r"), 3, "two words\n\0")]),
        ];

        var heard = WakeupText.Write(Mine, sent).SelectMany(payload => WakeupText.Read(Guid.NewGuid(), payload)).ToArray();

        Assert.Equal(Text.Of<Wakeup[]>([sent[0], sent[1], new(key, 9, false, null, sent[2].Signals), sent[2] with { Signals = [] }]), Text.Of(heard));
    }

    [Fact]
    public void A_replica_does_not_hear_itself() =>
        Assert.All(WakeupText.Write(Mine, Many(10)), payload => Assert.Empty(WakeupText.Read(Mine, payload)));

    [Fact]
    public void Payloads_are_as_long_as_they_may_be()
    {
        var payloads = WakeupText.Write(Mine, Many(2000)).ToArray();

        Assert.All(payloads, payload => Assert.InRange(payload.Length, 1, WakeupText.MaxLength));
        Assert.Equal(2000, payloads.Sum(payload => WakeupText.Read(Guid.NewGuid(), payload).Count));
        Assert.InRange(payloads.Length, 2, 60);
    }

    [Theory]
    [InlineData("")]
    [InlineData("rubbish")]
    [InlineData("x\nd t s")]
    [InlineData("x\nd t s many -")]
    [InlineData("x\nz t s 1 -")]
    [InlineData("x\ns t s 1 w r e reason")]
    public void What_can_not_be_read_is_left_out(string payload) => Assert.Empty(WakeupText.Read(Mine, payload));

    private static IEnumerable<Wakeup> Many(int count) => Enumerable.Range(0, count)
        .Select(n => new Wakeup(new(new("default"), new(new Guid(n, 0, 0, new byte[8]).ToString())), n, true, new AgentName("echo"), []));
}
