using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Sessions.Protocol;

namespace Sessions.Testing.Fakes;

/// <summary>What a scripted server can do with a request.</summary>
internal static class Plays
{
    public static Play Json<T>(T value, JsonTypeInfo<T> type, int status = 200) =>
        Text(JsonSerializer.Serialize(value, type), "application/json", status);

    public static Play Text(string body, string contentType, int status = 200) => async context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        await context.Response.WriteAsync(body);
    };

    public static Play Status(int status) => context =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    };

    public static Play Problem(int status, string code, string? detail = null, string? field = null, string? retryAfter = null) =>
        async context =>
        {
            var problem = new Problem
            {
                Type = $"urn:sessions:{code}",
                Title = code,
                Status = status,
                Code = code,
                Detail = detail,
                Field = field,
            };
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/problem+json";
            if (retryAfter is not null)
            {
                context.Response.Headers.RetryAfter = retryAfter;
            }

            await context.Response.WriteAsync(JsonSerializer.Serialize(problem, ProtocolJson.Default.Problem));
        };

    public static Play Run(RunResource run) => Json(run, ProtocolJson.Default.RunResource);

    public static Play Session(SessionResource session) => Json(session, ProtocolJson.Default.SessionResource);

    public static Play Sent(RunResource run, bool deduplicated = false) =>
        Json(new SendResponse(run, deduplicated), ProtocolJson.Default.SendResponse, 202);

    /// <summary>Resets the connection without an answer.</summary>
    public static Play Reset() => context =>
    {
        context.Abort();
        return Task.CompletedTask;
    };

    /// <summary>Gives no answer until the client leaves.</summary>
    public static Play Silence() => context => Hold()(context);

    /// <summary>Runs another play once a gate opens.</summary>
    public static Play After(Task gate, Play play) => async context =>
    {
        await gate.WaitAsync(context.RequestAborted);
        await play(context);
    };

    /// <summary>An event stream of exactly these bytes and acts; it closes cleanly after the last.</summary>
    public static Play Stream(params StreamPart[] parts) => async context =>
    {
        context.Response.ContentType = "text/event-stream";
        await context.Response.Body.FlushAsync();
        foreach (var part in parts)
        {
            if (part.Bytes is not null)
            {
                await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(part.Bytes));
                await context.Response.Body.FlushAsync();
            }
            else
            {
                await part.Act!(context);
            }
        }
    };

    /// <summary>
    /// An event stream of exactly these bytes that breaks off after them: no last chunk, just a closed connection. It
    /// goes past Kestrel, whose abort would take back what the client has not read yet.
    /// </summary>
    public static Play Cut(params string[] frames) => async context =>
    {
        var socket = context.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket;
        var head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
        var chunks = frames.Select(frame => $"{Encoding.UTF8.GetByteCount(frame):x}\r\n{frame}\r\n");
        await socket.SendAsync(Encoding.UTF8.GetBytes(head + string.Concat(chunks)));
        socket.Shutdown(SocketShutdown.Send);
        await Hold()(context);
    };

    /// <summary>Brings nothing more, and keeps the connection until the client leaves it.</summary>
    public static Play Hold() => async context =>
    {
        var gone = new TaskCompletionSource();
        await using var registration = context.RequestAborted.Register(gone.SetResult);
        await gone.Task;
    };
}

/// <summary>A part of a scripted event stream: bytes to send, or something to do.</summary>
internal sealed record StreamPart(string? Bytes, Play? Act)
{
    /// <summary>Keeps the connection open until the client leaves it.</summary>
    public static StreamPart Hold { get; } = new(null, Plays.Hold());

    /// <summary>Resets the connection once a gate opens; what was sent before and not yet read is lost.</summary>
    public static StreamPart ResetAfter(Task gate) => new(null, Plays.After(gate, Plays.Reset()));

    public static StreamPart WaitFor(Task gate) => new(null, context => gate.WaitAsync(context.RequestAborted));

    public static implicit operator StreamPart(string bytes) => new(bytes, null);
}
