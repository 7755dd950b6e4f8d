using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Sessions.Gateway.Tests;

/// <summary>An answer, read whole.</summary>
internal sealed record Answer(int Status, string? ContentType, HttpResponseHeaders Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The JSON of a success.</summary>
    public JsonElement Ok(int status = 200)
    {
        Assert.True(status == Status, $"Expected {status}, got {this}");
        Assert.Equal("application/json", ContentType);
        return JsonElement.Parse(Body);
    }

    public void IsEmpty(int status = 204)
    {
        Assert.True(status == Status, $"Expected {status}, got {this}");
        Assert.Empty(Body);
    }

    /// <summary>Checks that it is a problem (RFC 9457) with this code, and names this field.</summary>
    public JsonElement Problem(int status, string code, string? field = null)
    {
        Assert.True(status == Status, $"Expected {status} {code}, got {this}");
        Assert.Equal("application/problem+json", ContentType);
        var problem = JsonElement.Parse(Body);
        Assert.Equal(code, problem.Text("code"));
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.False(string.IsNullOrEmpty(problem.Text("title")), ToString());
        Assert.Equal($"urn:sessions:{code}", problem.Text("type"));
        Assert.True(field == problem.Text("field"), $"Expected the field '{field}', got {this}");
        Shape.OnlyHas(problem, "type", "title", "status", "detail", "code", "field", "runStatus");
        return problem;
    }

    public override string ToString() => $"{Status} {ContentType} {(Body.Length > 2000 ? $"{Body.Length} bytes" : Text)}";
}
