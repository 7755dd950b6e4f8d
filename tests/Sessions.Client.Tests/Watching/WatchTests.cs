using Sessions.Protocol;
using Sessions.Testing.Fakes;
using static Sessions.Testing.Fakes.Wire;

namespace Sessions.Client.Tests.Watching;

public sealed class WatchTests : ClientTest
{
    private const string Watch = "/v1/sessions/watch";

    [Fact]
    public async Task A_watch_brings_the_snapshot_then_changes_then_tombstones()
    {
        Server.On("GET", Watch, Plays.Stream(
            Watched(Wire.Session("a", 3, active: true)), Synchronized(), Ping, Watched(Wire.Session("a", 4)),
            Watched(Wire.Session("a", 5, deleted: true)), StreamPart.Hold));

        Assert.Equal(["a 3", "synchronized", "a 4", "a deleted"], await WordsAsync(4));
        Assert.Equal($"{Watch}?snapshot=active", Server.Seen[0].Target);
    }

    [Fact]
    public async Task Versions_never_go_back_over_a_cut()
    {
        Server.On("GET", Watch,
            Plays.Cut(Watched(Wire.Session("a", 3)), Watched(Wire.Session("b", 7)), Synchronized()),
            Plays.Stream(
                Watched(Wire.Session("a", 2)), Watched(Wire.Session("a", 3)), Watched(Wire.Session("b", 8)), Synchronized(),
                StreamPart.Hold));

        Assert.Equal(["a 3", "b 7", "synchronized", "b 8", "synchronized"], await WordsAsync(5));
    }

    [Fact]
    public async Task Output_within_a_version_is_news()
    {
        Server.On("GET", Watch, Plays.Stream(
            Watched(Wire.Session("a", 3, lastSeq: 5)), Watched(Wire.Session("a", 3, lastSeq: 4)),
            Watched(Wire.Session("a", 3, lastSeq: 6)), Synchronized(), StreamPart.Hold));

        Assert.Equal(["a 3", "a 3", "synchronized"], await WordsAsync(3));
    }

    [Fact]
    public async Task After_a_cut_everything_is_compared_whatever_the_snapshot()
    {
        // a was active and went idle while the watch was cut: a snapshot of active sessions would not say so.
        Server.On("GET", Watch,
            Plays.Cut(Watched(Wire.Session("a", 3, active: true)), Synchronized()),
            Plays.Stream(Watched(Wire.Session("a", 5)), Synchronized(), StreamPart.Hold));

        Assert.Equal(["a 3", "synchronized", "a 5", "synchronized"], await WordsAsync(4));
        Assert.Equal([$"{Watch}?snapshot=active", $"{Watch}?snapshot=all"], Server.Seen.Select(request => request.Target));
    }

    [Fact]
    public async Task A_session_deleted_while_the_watch_was_cut_is_reported()
    {
        Server
            .On("GET", Watch,
                Plays.Cut(Watched(Wire.Session("a", 3)), Watched(Wire.Session("b", 7)), Synchronized()),
                Plays.Stream(Watched(Wire.Session("b", 7)), Synchronized(), StreamPart.Hold))
            .On("GET", "/v1/sessions/a", Plays.Problem(410, ProblemCodes.SessionDeleted));

        Assert.Equal(["a 3", "b 7", "synchronized", "a deleted", "synchronized"], await WordsAsync(5));
    }

    [Fact]
    public async Task Nothing_of_a_session_follows_its_tombstone()
    {
        Server.On("GET", Watch,
            Plays.Cut(Watched(Wire.Session("a", 3)), Watched(Wire.Session("a", 4, deleted: true)), Synchronized()),
            Plays.Stream(
                Watched(Wire.Session("a", 9)), Watched(Wire.Session("a", 4, deleted: true)), Synchronized(), StreamPart.Hold));

        Assert.Equal(["a 3", "a deleted", "synchronized", "synchronized"], await WordsAsync(4));
    }

    [Fact]
    public async Task A_watch_that_was_cut_before_it_brought_anything_begins_anew()
    {
        Server.On("GET", Watch,
            Plays.Cut(Ping),
            Plays.Stream(Watched(Wire.Session("a", 3, active: true)), Synchronized(), StreamPart.Hold));

        Assert.Equal(["a 3", "synchronized"], await WordsAsync(2));
        Assert.All(Server.Seen, request => Assert.Equal($"{Watch}?snapshot=active", request.Target));
    }

    [Fact]
    public async Task A_malformed_frame_starts_the_watch_over()
    {
        Server.On("GET", Watch,
            Plays.Stream(Watched(Wire.Session("a", 3)), "event: session\ndata: {\n\n", StreamPart.Hold),
            Plays.Stream(Watched(Wire.Session("a", 4)), Synchronized(), StreamPart.Hold));

        Assert.Equal(["a 3", "a 4", "synchronized"], await WordsAsync(3));
    }

    [Fact]
    public async Task A_watch_that_keeps_breaking_is_an_error()
    {
        Server.On("GET", Watch, Plays.Stream(Watched(Wire.Session("a", 3)), Synchronized()));

        var reading = ReadAsync(Client(Manual()).Watch());
        await PassPausesAsync(reading);

        await Assert.ThrowsAsync<SessionsStreamException>(() => reading);
    }

    [Fact]
    public async Task Leaving_a_watch_leaves_no_connection()
    {
        Server.On("GET", Watch, Plays.Stream(Synchronized(), StreamPart.Hold));

        await WordsAsync(1);

        await Server.Seen[0].LeftAsync();
    }

    private async Task<string[]> WordsAsync(int count)
    {
        var items = await ReadAsync(Client().Watch(), count);
        return [.. items.Select(item => item switch
        {
            SessionItem { Session: var session } => $"{session.Id} {session.Version}",
            SessionDeletedItem { SessionId: var id } => $"{id} deleted",
            _ => "synchronized",
        })];
    }
}
