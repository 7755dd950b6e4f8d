using Sessions.Core;
using Sessions.Testing;

namespace Sessions.Postgres.Tests;

/// <summary>Any text comes back as it was, and none fails the commit of others.</summary>
[Collection(OnPostgres.Name)]
public sealed class StoredTextTests(PostgresFixture postgres)
{
    private static readonly string[] All =
    [
        "", "plain", "zero \0 inside", "\0", "\0\0", "escape \u001A itself", "\u001A0000", "half \uD83D pair", "\uDE00 other half",
        "\uDE00\uD83D turned round", "whole \U0001F600 pair", "\uFFFF\uFFFE", "quote \" backslash \\ newline \n",
    ];

    public static TheoryData<string> Texts => [.. All];

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_text_comes_back(string text)
    {
        var stored = StoredText.Of(text);
        Assert.Equal(text, StoredText.Back(stored));
        Assert.DoesNotContain('\0', stored);
        Assert.Equal(stored, System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(stored)));
    }

    [Fact]
    public void Pieces_put_together_are_the_whole() =>
        Assert.Equal("\U0001F600 \0", StoredText.Back(StoredText.Of("\uD83D") + StoredText.Of("\uDE00 ") + StoredText.Of("\0")));

    [Fact]
    public async Task Every_text_of_a_session_comes_back()
    {
        await using var database = await postgres.CreateAsync();
        var store = database.Store();
        var driver = new StoreDriver(store, TimeSpan.FromMinutes(1));
        var key = new SessionKey(new("t"), new("s"));
        foreach (var (text, n) in All.Select((text, n) => (text, n)))
        {
            var metadata = SessionState.NoMetadata.Add($"k{text}", text);
            await driver.DoAsync(key, new UpdateOrCreate(n, text, metadata).Command);
            await driver.DoAsync(key, Commands.Send($"r{n}", text, $"k{n}{text}"));
            var run = await driver.StartAsync(key);
            OutputEvent[] output =
            [
                new RunDelta(run.Id, text), new RunNotice(run.Id, text), new RunContent(run.Id, text),
                new RunTool(run.Id, text, text, ToolPhase.Started, text, text),
            ];
            await driver.OutputAsync(key, run, null, output);
            var ended = (await driver.DoAsync(key, new FailRun(run.Id, run.Epoch, new("code", text), FailPhase.Run))).Runs.Single();

            Assert.Equal(text.Length == 0 ? null : text + text, ended.Output);
            Assert.Equal(ended, await store.ReadRunAsync(key, run.Id, default));
            Assert.Equal(output, (await driver.LogAsync(key)).Select(record => record.Event).OfType<OutputEvent>().TakeLast(4));
            Assert.Equal(run.Id, (await store.LoadAsync(key, $"k{n}{text}", null, default)).Facts.KeyRun?.Id);
            var state = await driver.StateAsync(key);
            Assert.Equal((text.Length == 0 ? null : text, text), (state.Title, state.Metadata[$"k{text}"]));
            Assert.Equal(text, state.LastError?.Error.Message);
        }

        await LogReplay.AgreesAsync(store, key);
    }

    private sealed record UpdateOrCreate(int Turn, string Text, System.Collections.Immutable.ImmutableSortedDictionary<string, string> Metadata)
    {
        public Command Command => Turn == 0
            ? new CreateSession(Commands.Echo, Text, Metadata, Commands.Agents)
            : new UpdateSession(Text, Metadata);
    }
}
