using System.Globalization;
using System.Net.ServerSentEvents;

namespace Sessions.Cluster.Tests;

/// <summary>The frames of one response, and how it ended.</summary>
internal sealed class Frames : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly IAsyncEnumerator<SseItem<byte[]>> _items;

    private Frames(HttpResponseMessage response, IAsyncEnumerator<SseItem<byte[]>> items) =>
        (_response, _items) = (response, items);

    /// <summary>The answer's status; only a 200 has frames.</summary>
    public int Status => (int)_response.StatusCode;

    /// <summary>True when the response ended as responses do that are complete.</summary>
    public bool EndedCleanly { get; private set; }

    /// <summary>Asks for a stream.</summary>
    /// <param name="http">The connections.</param>
    /// <param name="address">Where.</param>
    /// <param name="cancellationToken">Cuts it from this side.</param>
    /// <param name="after">The cursor to resume behind.</param>
    /// <param name="asHeader">True to give it as browsers do.</param>
    /// <returns>Null when nobody answered.</returns>
    public static async Task<Frames?> OpenAsync(
        HttpClient http, Uri address, CancellationToken cancellationToken, long? after = null, bool asHeader = false)
    {
        HttpResponseMessage? response = null;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Times.Attempt);
        try
        {
            var cursor = after?.ToString(CultureInfo.InvariantCulture);
            using var request = new HttpRequestMessage(
                HttpMethod.Get, cursor is null || asHeader ? address : new Uri(address, $"?after={cursor}"));
            if (cursor is not null && asHeader)
                request.Headers.Add("Last-Event-ID", cursor);

            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            var body = await response.Content.ReadAsStreamAsync(patience.Token);
            var items = SseParser.Create(body, (_, data) => data.ToArray()).EnumerateAsync(cancellationToken);
            return new(response, items.GetAsyncEnumerator(cancellationToken));
        }
        catch (Exception exception) when (IsCut(exception))
        {
            response?.Dispose();
            return null;
        }
    }

    /// <summary>The next frame; null when there is none, be it cut or ended.</summary>
    public async Task<SseItem<byte[]>?> NextAsync()
    {
        try
        {
            if (await _items.MoveNextAsync())
                return _items.Current;

            EndedCleanly = true;
        }
        catch (Exception exception) when (IsCut(exception))
        {
            // As it should be when a replica lets go.
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _items.DisposeAsync();
        }
        catch (Exception exception) when (IsCut(exception))
        {
            // It was cut before.
        }

        _response.Dispose();
    }

    private static bool IsCut(Exception exception) => exception is HttpRequestException or IOException or OperationCanceledException;
}
