using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;

namespace Sessions.Load;

/// <summary>
/// Bare Kestrel: what the same bytes cost when nothing is decided, kept or checked. <c>POST /sized</c> reads a body and
/// answers one of the size asked for; <c>POST /events</c> passes its body on to all readers of <c>GET /events</c>.
/// </summary>
internal static class ReferenceServer
{
    private const int Buffered = 256;

    private static readonly ConcurrentDictionary<int, byte[]> Bodies = new();
    private static readonly ConcurrentDictionary<string, Topic> Topics = new();

    public static WebApplication Create()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(context => context.Request.Path.Value switch
        {
            "/sized" => SizedAsync(context),
            "/events" when HttpMethods.IsGet(context.Request.Method) => ReadAsync(context),
            "/events" => PublishAsync(context),
            _ => NotFound(context),
        });
        return app;
    }

    private static async Task SizedAsync(HttpContext context)
    {
        await BodyAsync(context);
        var size = int.Parse(context.Request.Query["bytes"].ToString(), CultureInfo.InvariantCulture);
        await AnswerAsync(context, Bodies.GetOrAdd(size, static size => [.. Enumerable.Repeat((byte)' ', size)]));
    }

    private static async Task PublishAsync(HttpContext context)
    {
        var topic = TopicOf(context);
        var frame = await BodyAsync(context);
        foreach (var reader in topic.Readers)
            await reader.WriteAsync(frame, context.RequestAborted);

        await AnswerAsync(context, Bodies.GetOrAdd(120, static size => [.. Enumerable.Repeat((byte)' ', size)]));
    }

    private static async Task ReadAsync(HttpContext context)
    {
        context.Features.Get<IHttpMinResponseDataRateFeature>()!.MinDataRate = null;
        context.Response.ContentType = "text/event-stream";
        var body = context.Response.BodyWriter;
        var frames = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(Buffered) { SingleReader = true });
        TopicOf(context).Add(frames.Writer);
        await body.WriteAsync("event: synchronized\ndata: {}\n\n"u8.ToArray(), context.RequestAborted);
        while (await frames.Reader.WaitToReadAsync(context.RequestAborted))
        {
            // What is at hand goes out together, as it does in the real server.
            while (frames.Reader.TryRead(out var frame))
                body.Write(frame);

            await body.FlushAsync(context.RequestAborted);
        }
    }

    private static async ValueTask<byte[]> BodyAsync(HttpContext context)
    {
        var body = new byte[(int)context.Request.ContentLength!.Value];
        await context.Request.Body.ReadExactlyAsync(body, context.RequestAborted);
        return body;
    }

    private static async Task AnswerAsync(HttpContext context, byte[] body)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        await context.Response.BodyWriter.WriteAsync(body, context.RequestAborted);
    }

    private static Task NotFound(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static Topic TopicOf(HttpContext context) =>
        Topics.GetOrAdd(context.Request.Query["session"].ToString(), static _ => new Topic());

    private sealed class Topic
    {
        private readonly Lock _gate = new();

        public ChannelWriter<byte[]>[] Readers { get; private set; } = [];

        public void Add(ChannelWriter<byte[]> reader)
        {
            lock (_gate)
                Readers = [.. Readers, reader];
        }
    }
}
