using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sessions.Gateway.Tests;

/// <summary>Makes requests from nearly right to nonsense. The same seed gives the same ones but for what it learns.</summary>
internal sealed class RandomRequests(Random random, Uri address)
{
    private static readonly string[] Methods = ["GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS", "BREW"];

    private static readonly (string Method, string Path, string Body)[] Endpoints =
    [
        ("POST", "/v1/sessions", """{"id":"f1","agent":"scripted","title":"t","metadata":{"a":"b"}}"""),
        ("GET", "/v1/sessions?status=idle&active=true&agent=scripted&limit=5&cursor=3", ""),
        ("GET", "/v1/sessions/{s}", ""),
        ("PATCH", "/v1/sessions/{s}", """{"title":"u","metadata":{"c":"d"}}"""),
        ("POST", "/v1/sessions/{s}/reset", ""),
        ("DELETE", "/v1/sessions/{s}", ""),
        ("POST", "/v1/sessions/{s}/messages", """{"text":"t","idempotencyKey":"k","agent":"scripted","ifBusy":"enqueue","timeoutSeconds":60,"maxAttempts":2}"""),
        ("POST", "/v1/sessions/{s}/messages", """{"text":"t","runId":"r1","ifBusy":"interrupt"}"""),
        ("POST", "/v1/sessions/{s}/messages", """{"text":"t"}"""),
        ("GET", "/v1/sessions/{s}/messages?after=1&limit=10", ""),
        ("GET", "/v1/sessions/{s}/runs?limit=2&cursor=9", ""),
        ("GET", "/v1/sessions/{s}/runs/{r}?waitSeconds=0.01", ""),
        ("POST", "/v1/sessions/{s}/abort", """{"runId":"r1","idempotencyKey":"k","reason":"user"}"""),
        ("GET", "/v1/sessions/{s}/events?after=1&runId=r1", ""),
        ("GET", "/v1/sessions/watch?snapshot=all", ""),
        ("GET", "/v1/agents", ""),
        ("GET", "/readyz", ""),
        ("GET", "/openapi/v1.json?documentName=v2", ""),
        ("POST", "/v1/workers/claims", """{"workerId":"w","agents":["scripted"],"max":2,"waitSeconds":0.01}"""),
        ("GET", "/v1/workers/w/signals", ""),
        ("POST", "/v1/sessions/{s}/runs/{r}/output", """{"epoch":1,"batch":1,"items":[{"type":"delta","text":"x"},{"type":"tool","toolCallId":"c","name":"n","phase":"result","arguments":{"a":[1]},"result":"r"}]}"""),
        ("POST", "/v1/sessions/{s}/runs/{r}/heartbeat", """{"epoch":1}"""),
        ("POST", "/v1/sessions/{s}/runs/{r}/complete", """{"epoch":1,"text":"done","usage":{"a":1}}"""),
        ("POST", "/v1/sessions/{s}/runs/{r}/fail", """{"epoch":2,"code":"worker_lost","message":"m","phase":"run"}"""),
    ];

    private static readonly string[] Scraps =
    [
        "", "null", "true", "-1", "0", "1e999", "9223372036854775808", "\"\"", "\"\\ud800\"", "\"\\u0000\"", "[]", "{}", "[[[[]]]]", "\"a b\"",
        "\"scripted\"", "\"nobody\"", "{\"a\":{\"b\":null}}", "1.5", "\"é\U0001F600\"", "\u00ff", "\"reject\"", "[null]", "\"x", "}",
    ];

    private readonly List<(string Session, string Run)> _runs = [("f1", "r1")];

    public HttpRequestMessage Next()
    {
        var (method, path, body) = Endpoints[random.Next(Endpoints.Length)];
        while (method == "DELETE" && random.Next(10) != 0)
            (method, path, body) = Endpoints[random.Next(Endpoints.Length)];

        var (session, run) = _runs[random.Next(_runs.Count)];
        if (random.Next(3) == 0)
            session = random.Next(20) == 0 ? "watch" : $"f{random.Next(40)}";

        path = path.Replace("{s}", session, StringComparison.Ordinal).Replace("{r}", run, StringComparison.Ordinal);
        if (random.Next(20) == 0)
            path = Damage(path);

        if (random.Next(20) == 0)
            method = Methods[random.Next(Methods.Length)];

        var request = new HttpRequestMessage(new HttpMethod(method), new Uri(address.GetLeftPart(UriPartial.Authority) + path));
        if (body.Length > 0 || random.Next(10) == 0)
        {
            request.Content = new ByteArrayContent(Body(body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", random.Next(15) == 0 ? "text/plain; x=\"y" : "application/json");
            request.Headers.TransferEncodingChunked = random.Next(5) == 0;
        }

        if (random.Next(10) == 0)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", random.Next(2) == 0 ? "k" : new string('k', random.Next(400)));

        if (random.Next(10) == 0)
            request.Headers.TryAddWithoutValidation("Last-Event-ID", random.Next(2) == 0 ? "3" : "x");

        if (random.Next(10) == 0)
            request.Headers.TryAddWithoutValidation("Accept", random.Next(2) == 0 ? "text/event-stream" : ";;,q=");

        return request;
    }

    /// <summary>Takes ids from an answer, so that later requests are about something.</summary>
    public void Learn(string body)
    {
        if (body.Length is 0 or > 100_000 || body[0] != '{')
            return;

        var answer = JsonElement.Parse(body);
        if (answer.TryGetProperty("run", out var run))
            Keep(run);

        if (answer.TryGetProperty("claims", out var claims))
        {
            foreach (var claim in claims.EnumerateArray())
                Keep(claim.GetProperty("run"));
        }

        void Keep(JsonElement known) => _runs.Insert(random.Next(Math.Min(_runs.Count, 8)), (known.Text("sessionId")!, known.Text("id")!));
    }

    private byte[] Body(string body)
    {
        switch (random.Next(8))
        {
            case 0:
                var noise = new byte[random.Next(200)];
                random.NextBytes(noise);
                return noise;
            case 1:
                return Encoding.UTF8.GetBytes(Damage(body));
            case 2 or 3 when body.Length > 0:
                return Encoding.UTF8.GetBytes(Mutate(body));
            default:
                return Encoding.UTF8.GetBytes(body
                    .Replace("\"f1\"", $"\"f{random.Next(40)}\"", StringComparison.Ordinal)
                    .Replace("\"k\"", $"\"k{random.Next(10)}\"", StringComparison.Ordinal)
                    .Replace("\"r1\"", $"\"r{random.Next(5)}\"", StringComparison.Ordinal)
                    .Replace("\"epoch\":1", $"\"epoch\":{random.Next(1, 6)}", StringComparison.Ordinal));
        }
    }

    /// <summary>Puts another value, perhaps none, in place of a field's.</summary>
    private string Mutate(string body)
    {
        var json = JsonNode.Parse(body)!.AsObject();
        var field = json.Select(entry => entry.Key).ElementAt(random.Next(json.Count));
        var marker = $"\"{Guid.NewGuid():n}\"";
        json[field] = JsonNode.Parse(marker);
        return json.ToJsonString().Replace(marker, Scraps[random.Next(Scraps.Length)], StringComparison.Ordinal);
    }

    private string Damage(string text)
    {
        var damaged = new StringBuilder(text);
        for (var times = random.Next(1, 4); times > 0 && damaged.Length > 1; times--)
        {
            var at = random.Next(1, damaged.Length);
            if (random.Next(2) == 0)
                damaged.Remove(at, 1);
            else
                damaged.Insert(at, "{}[]\",:\\/%20?&=.~é\t"[random.Next(19)]);
        }

        return damaged.ToString();
    }
}
