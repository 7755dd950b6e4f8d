using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Sessions.Worker.Tests;

/// <summary>A chat completions endpoint on the loopback that answers as a test says.</summary>
internal sealed class FakeEndpoint : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<JsonElement> _requests = Channel.CreateUnbounded<JsonElement>();

    private FakeEndpoint(Func<HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.MapPost("/v1/chat/completions", async context =>
        {
            Authorization = context.Request.Headers.Authorization.ToString();
            Calls++;
            using var body = await JsonDocument.ParseAsync(context.Request.Body);
            _requests.Writer.TryWrite(body.RootElement.Clone());
            await answer(context);
        });
    }

    public Uri BaseUrl => new(_app.Urls.First() + "/v1");

    public string? Authorization { get; private set; }

    public int Calls { get; private set; }

    public static async Task<FakeEndpoint> StartAsync(Func<HttpContext, Task> answer)
    {
        var endpoint = new FakeEndpoint(answer);
        await endpoint._app.StartAsync();
        return endpoint;
    }

    public async Task<JsonElement> RequestAsync() => await _requests.Reader.ReadAsync().AsTask().WaitAsync(Eventually.Deadline);

    public OpenAIAgent Agent(string? key = "sk-secret") => new(Client(key));

    public OpenAIChatClient Client(string? key = "sk-secret", TimeSpan? silence = null) => new(new OpenAIChatClientOptions
    {
        BaseUrl = BaseUrl,
        ApiKey = key,
        Model = "test-model",
        SilenceTimeout = silence ?? TimeSpan.FromSeconds(20),
    });

    public static async Task DataAsync(HttpContext context, params string[] chunks)
    {
        if (!context.Response.HasStarted)
            context.Response.ContentType = "text/event-stream";
        foreach (var chunk in chunks)
            await context.Response.WriteAsync($"data: {chunk}\n\n");
        await context.Response.Body.FlushAsync();
    }

    public static Func<HttpContext, Task> Saying(params string[] chunks) => context => DataAsync(context, chunks);

    public static Func<HttpContext, Task> Status(int status, string body) => async context =>
    {
        context.Response.StatusCode = status;
        await context.Response.WriteAsync(body);
    };

    public static string Text(string text, string? finish = null) => JsonSerializer.Serialize(new
    {
        id = "c1",
        model = "test-model",
        choices = new[] { new { index = 0, delta = new { content = text }, finish_reason = finish } },
    });

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }
}
