using System.Net;
using System.Text;
using System.Text.Json;

namespace Sessions.Server.Tests;

/// <summary>An endpoint that streams one answer, and remembers how it was asked.</summary>
internal sealed class FakeOpenAI : IAsyncDisposable
{
    private readonly HttpListener _listener;
    private readonly Task _serving;

    private FakeOpenAI(HttpListener listener, string address, string[] pieces)
    {
        _listener = listener;
        Address = address;
        _serving = ServeAsync(pieces);
    }

    public string Address { get; }

    public string? Authorization { get; private set; }

    public string Body { get; private set; } = "";

    public static Task<FakeOpenAI> StartAsync(params string[] pieces)
    {
        for (var attempt = 0; ; attempt++)
        {
            var port = FreePort.Find();
            var listener = new HttpListener();
            listener.Prefixes.Add($"http://127.0.0.1:{port}/");
            try
            {
                listener.Start();
                return Task.FromResult(new FakeOpenAI(listener, $"http://127.0.0.1:{port}/v1", pieces));
            }
            catch (HttpListenerException) when (attempt < 10)
            {
                listener.Close();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync(string[] pieces)
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                Authorization = context.Request.Headers["Authorization"];
                using var reader = new StreamReader(context.Request.InputStream);
                Body = await reader.ReadToEndAsync();
                context.Response.ContentType = "text/event-stream";
                foreach (var piece in pieces)
                    await SendAsync(new { id = "c", @object = "chat.completion.chunk", created = 1, model = "m", choices = new[] { new { index = 0, delta = new { content = piece } } } });

                await SendAsync(new { id = "c", @object = "chat.completion.chunk", created = 1, model = "m", choices = new[] { new { index = 0, delta = new { }, finish_reason = "stop" } } });
                await context.Response.OutputStream.WriteAsync("data: [DONE]\n\n"u8.ToArray());
                context.Response.Close();

                async Task SendAsync(object chunk) =>
                    await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes($"data: {JsonSerializer.Serialize(chunk)}\n\n"));
            }
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
        {
        }
    }
}
