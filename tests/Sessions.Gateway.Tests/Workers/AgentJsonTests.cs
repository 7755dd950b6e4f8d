using System.Text;

namespace Sessions.Gateway.Tests;

/// <summary>What agents report as free JSON is stored and given to every reader: what readers could not bear is refused.</summary>
public sealed class AgentJsonTests(GatewayServer server) : IClassFixture<GatewayServer>
{
    public static TheoryData<string> Unbearable => new()
    {
        """{"a":"\ud800"}""",
        """{"\udc00":1}""",
        """["\ud800\ud800"]""",
        Deep(60),
    };

    [Theory]
    [MemberData(nameof(Unbearable))]
    public async Task Json_that_no_reader_could_bear_is_refused(string json)
    {
        var scene = await Scene.OpenAsync(server);
        var claim = await scene.StartAsync();
        Assert.InRange((await OutputAsync(claim, Encoding.UTF8.GetBytes(json))).Status, 400, 422);
        Assert.InRange((await CompleteAsync(claim, Encoding.UTF8.GetBytes(json))).Status, 400, 422);
        await IsReadableAsync(scene, claim);
    }

    [Fact]
    public async Task Json_that_is_not_utf8_is_refused()
    {
        var scene = await Scene.OpenAsync(server);
        var claim = await scene.StartAsync();
        byte[] bad = [.. "{\"a\":\""u8, 0xff, .. "\"}"u8];
        (await OutputAsync(claim, bad)).Problem(400, "invalid_json");
        (await CompleteAsync(claim, bad)).Problem(400, "invalid_json");
        await IsReadableAsync(scene, claim);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(32)]
    public async Task Nested_json_comes_through(int depth)
    {
        var scene = await Scene.OpenAsync(server);
        var claim = await scene.StartAsync();
        var json = Deep(depth);
        (await OutputAsync(claim, Encoding.UTF8.GetBytes(json))).Ok();
        Assert.Equal(json, (await CompleteAsync(claim, Encoding.UTF8.GetBytes(json))).Ok().GetProperty("usage").GetRawText());
        await IsReadableAsync(scene, claim);
    }

    private static string Deep(int depth) =>
        string.Concat(Enumerable.Repeat("""{"a":""", depth - 1)) + "{}" + new string('}', depth - 1);

    private static Task<Answer> OutputAsync(ClaimedRun claim, byte[] json) => PostAsync(
        claim, "output", "\"items\":[{\"type\":\"tool\",\"toolCallId\":\"c\",\"name\":\"n\",\"phase\":\"started\",\"arguments\":", json, "}]");

    private static Task<Answer> CompleteAsync(ClaimedRun claim, byte[] json) => PostAsync(claim, "complete", "\"usage\":", json, "");

    private static Task<Answer> PostAsync(ClaimedRun claim, string verb, string before, byte[] json, string after) => claim.Api.PostBytesAsync(
        $"{claim.Path}/{verb}",
        [.. Encoding.UTF8.GetBytes($$"""{"epoch":{{claim.Epoch}},{{before}}"""), .. json, .. Encoding.UTF8.GetBytes(after), (byte)'}']);

    /// <summary>Ends the run, and reads all that shows it.</summary>
    private static async Task IsReadableAsync(Scene scene, ClaimedRun claim)
    {
        await claim.CompleteAsync();
        await scene.GetRunAsync(claim.Run);
        (await scene.Api.GetAsync($"{scene.Path}/runs")).Ok();
        (await scene.Api.GetAsync(scene.Messages)).Ok();
        using var stream = await scene.FollowAsync();
        await stream.UntilAsync("run.completed");
        await stream.NextAsync("synchronized");
    }
}
