using Npgsql;
using Sessions.Engine;

namespace Sessions.Postgres;

/// <summary>Reads sessions for any number of askers.</summary>
internal static class Loading
{
    public static async Task<LoadedSession[]> ReadAsync(NpgsqlConnection connection, LoadRequest[] requests)
    {
        var command = new NpgsqlCommand(Statements.Named("load"), connection);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters
                .Texts(Array.ConvertAll(requests, static request => request.Key.Tenant.Value))
                .Texts(Array.ConvertAll(requests, static request => request.Key.Session.Value))
                .Texts(Array.ConvertAll(requests, static request => StoredText.Of(request.IdempotencyKey)))
                .Texts(Array.ConvertAll(requests, static request => request.Run?.Value));
            var rows = Array.ConvertAll(requests, static request => new LoadedRows(request));
            var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync().ConfigureAwait(false))
                    rows[(int)reader.GetInt64(0) - 1].Add(reader);
            }

            return Array.ConvertAll(rows, static asker => asker.Result());
        }
    }
}
