using System.Text;

namespace Sessions.Server.Tests;

/// <summary>Follows a stream, keeping its bytes; knows how it ended.</summary>
internal sealed class Follower : IDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly StringBuilder _text = new();
    private readonly Task<bool> _reading;
    private readonly CancellationTokenSource _deadline = new(ServerProcess.Deadline);

    private Follower(HttpResponseMessage response, Stream stream)
    {
        _response = response;
        _reading = ReadAsync(stream);
    }

    public string Text
    {
        get
        {
            lock (_text)
                return _text.ToString();
        }
    }

    public static async Task<Follower> OpenAsync(HttpClient http, string path)
    {
        var response = await http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        return new Follower(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>Waits until this text has come.</summary>
    public async Task SeesAsync(string text)
    {
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        while (!Text.Contains(text, StringComparison.Ordinal))
        {
            Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(started) < ServerProcess.Deadline, $"No '{text}' in: {Text}");
            await Task.Delay(5);
        }
    }

    /// <summary>Waits for the end; true when it was clean.</summary>
    public Task<bool> EndsCleanlyAsync() => _reading;

    public void Dispose()
    {
        _response.Dispose();
        _deadline.Dispose();
    }

    private async Task<bool> ReadAsync(Stream stream)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer, _deadline.Token)) > 0)
            {
                lock (_text)
                    _text.Append(Encoding.UTF8.GetString(buffer, 0, read));
            }

            return true;
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            return false;
        }
    }
}
