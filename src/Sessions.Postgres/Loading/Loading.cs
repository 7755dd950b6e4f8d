using Npgsql;
using Sessions.Engine;

namespace Sessions.Postgres;

/// <summary>Reads sessions for any number of askers.</summary>
internal static class Loading
{
    public static async Task<LoadedSession[]> ReadAsync(NpgsqlConnection connection, LoadRequest[] requests)
    {
        var rows = Array.ConvertAll(requests, static request => new LoadedRows(request));
        await connection.EachAsync(
            "load",
            parameters => parameters
                .Texts(Array.ConvertAll(requests, static request => request.Key.Tenant.Value))
                .Texts(Array.ConvertAll(requests, static request => request.Key.Session.Value))
                .Texts(Array.ConvertAll(requests, static request => StoredText.Of(request.IdempotencyKey)))
                .Texts(Array.ConvertAll(requests, static request => request.Run?.Value)),
            reader => rows[(int)reader.GetInt64(0) - 1].Add(reader),
            default).ConfigureAwait(false);
        return Array.ConvertAll(rows, static asker => asker.Result());
    }
}
