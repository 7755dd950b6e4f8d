using System.Text;

namespace Sessions.Gateway.Tests;

public sealed class BodyTests(GatewayServer server) : IClassFixture<GatewayServer>
{
    [Theory]
    [InlineData("{")]
    [InlineData("{\"text\":\"t\"")]
    [InlineData("{\"text\":\"t\"} {}")]
    [InlineData("{\"text\":\"t\",}")]
    [InlineData("{text:1}")]
    [InlineData("{'text':'t'}")]
    [InlineData("// comment\n{}")]
    [InlineData("{\"text\":\"a\nb\"}")]
    [InlineData("{\"text\":NaN}")]
    [InlineData("{\"text\":\"\\x\"}")]
    [InlineData("{\"text\":\"\\ud800\"}")]
    [InlineData("{\"text\":\"\\udc00\\ud800\"}")]
    [InlineData(" ")]
    [InlineData("\u0000")]
    public async Task What_is_not_json_is_refused_as_such(string body)
    {
        var scene = await Scene.AbsentAsync(server);
        (await scene.Api.PostTextAsync(scene.Messages, body)).Problem(400, "invalid_json");
        (await scene.Api.GetAsync(scene.Path)).Problem(404, "session_not_found");
    }

    [Fact]
    public async Task Invalid_utf8_is_refused()
    {
        var scene = await Scene.AbsentAsync(server);
        foreach (var bad in new byte[][] { [0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xe2, 0x82] })
        {
            byte[] body = [.. "{\"text\":\""u8, .. bad, .. "\"}"u8];
            (await scene.Api.PostBytesAsync(scene.Messages, body)).Problem(400, "invalid_json");
        }

        (await scene.Api.GetAsync(scene.Path)).Problem(404, "session_not_found");
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("5")]
    [InlineData("\"text\"")]
    [InlineData("true")]
    public async Task What_is_json_but_no_object_is_refused(string body)
    {
        var scene = await Scene.AbsentAsync(server);
        (await scene.Api.PostTextAsync(scene.Messages, body)).Problem(422, "invalid_request");
    }

    [Fact]
    public async Task Deep_nesting_is_refused_and_harms_nobody()
    {
        var scene = await Scene.AbsentAsync(server);
        foreach (var depth in new[] { 100, 100_000 })
        {
            var deep = new string('[', depth) + new string(']', depth);
            (await scene.Api.PostTextAsync(scene.Messages, $$"""{"text":"t","x":{{deep}}}""")).Problem(400, "invalid_json");
        }
    }

    [Fact]
    public async Task Unknown_fields_are_ignored_whatever_they_hold()
    {
        var scene = await Scene.AbsentAsync(server);
        (await scene.Api.PostTextAsync(
            scene.Messages, $$"""{"x":[{"y":null}],"text":"t","z":1e999,"":{},"agent":"{{scene.Agent}}"}""")).Ok(202);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData(null)]
    public async Task Another_content_type_is_refused(string? contentType)
    {
        var scene = await Scene.AbsentAsync(server);
        (await scene.Api.PostBytesAsync(scene.Messages, "{\"text\":\"t\"}"u8.ToArray(), contentType))
            .Problem(415, "unsupported_media_type", "Content-Type");
        (await scene.Api.PostBytesAsync("/v1/sessions", "{}"u8.ToArray(), contentType))
            .Problem(415, "unsupported_media_type", "Content-Type");
    }

    [Theory]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("APPLICATION/JSON")]
    [InlineData("application/vnd.x+json")]
    public async Task Json_by_any_name_is_taken(string contentType)
    {
        var scene = await Scene.AbsentAsync(server);
        (await scene.Api.PostBytesAsync(scene.Messages, "{\"text\":\"t\"}"u8.ToArray(), contentType)).Ok(202);
    }

    [Fact]
    public async Task An_empty_body_is_an_object_without_fields()
    {
        var scene = await Scene.OpenAsync(server);
        (await scene.Api.PostBytesAsync("/v1/sessions", [], null)).Ok(201);
        (await scene.Api.PostBytesAsync("/v1/sessions", [])).Ok(201);
        (await scene.Api.PostBytesAsync($"{scene.Path}/abort", [])).Ok();
        (await scene.Api.PostBytesAsync($"{scene.Path}/reset", [])).Ok();
        (await scene.Api.PostBytesAsync(scene.Messages, [])).Problem(422, "invalid_request", "text");
    }

    [Theory]
    [InlineData("""{"title":5}""", "title")]
    [InlineData("""{"metadata":[]}""", "metadata")]
    [InlineData("""{"metadata":"x"}""", "metadata")]
    [InlineData("""{"metadata":{"a":1}}""", "metadata.a")]
    [InlineData("""{"metadata":{"a":null}}""", "metadata.a")]
    [InlineData("""{"metadata":{"a":{}}}""", "metadata.a")]
    public async Task A_field_of_the_wrong_type_is_named(string body, string field)
    {
        (await server.Api.PostTextAsync("/v1/sessions", body)).Problem(422, "invalid_request", field);
        var scene = await Scene.OpenAsync(server);
        using var patch = new StringContent(body, Encoding.UTF8, "application/json");
        (await scene.Api.SendAsync(HttpMethod.Patch, scene.Path, patch)).Problem(422, "invalid_request", field);
    }

    [Fact]
    public async Task Text_comes_back_as_it_was_sent_in_every_language()
    {
        var scene = await Scene.OpenAsync(server);
        const string Text = "é € 漢字 \U0001F600 <&>\"'\\ \u0000\u0001\u001f\u007f\u2028\u2029\r\n\t\ufeff";
        using var stream = await scene.FollowAsync("?after=1");
        await stream.NextAsync("synchronized");
        var claim = await scene.StartAsync(Text);
        Assert.Equal(Text, claim.Claim.Items("messages").Single().Text("text"));
        await claim.DeltaAsync(Text);
        (await claim.CompleteAsync()).Ok();
        Assert.Equal(Text, (await stream.NextAsync("run.queued")).GetProperty("run").GetProperty("input").Text("text"));
        await stream.NextAsync("run.started");
        Assert.Equal(Text, (await stream.NextAsync("run.delta")).Text("text"));
        Assert.Equal(Text, (await stream.NextAsync("run.completed")).GetProperty("run").GetProperty("output").Text("text"));
    }
}
