using Npgsql;
using NpgsqlTypes;

namespace Sessions.Postgres;

/// <summary>
/// A writer's connection, with the call of <c>commit_batch</c> prepared. A writer has a row in the database with its
/// generation and its last batch. Opening a connection begins a generation: commits of earlier ones are then either done,
/// and stand there, or will never be.
/// </summary>
internal sealed class WriterConnection : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly CommitCommand _columns;
    private readonly Guid _writer;
    private readonly long _generation;
    private NpgsqlCommand? _command;
    private long _batch;

    private WriterConnection(NpgsqlConnection connection, CommitCommand columns, Guid writer, NpgsqlDataReader opened)
    {
        _connection = connection;
        _columns = columns;
        _writer = writer;
        _generation = opened.GetInt64(0);
        _batch = opened.GetInt64(1);
        LastOutcome = opened.IsDBNull(2) ? null : CommitOutcome.Read(opened, 2);
    }

    /// <summary>The number of the writer's last committed batch.</summary>
    public long LastBatch => _batch;

    /// <summary>What became of it, without the streamed texts.</summary>
    public CommitOutcome? LastOutcome { get; }

    /// <summary>True while the connection can be used.</summary>
    public bool IsOpen => _connection.FullState == System.Data.ConnectionState.Open;

    public static async Task<WriterConnection> OpenAsync(NpgsqlDataSource database, CommitCommand columns, Guid writer)
    {
        var connection = await database.OpenConnectionAsync().ConfigureAwait(false);
        try
        {
            var forget = new NpgsqlCommand(Statements.Named("forget_writers"), connection);
            await using (forget.ConfigureAwait(false))
                await forget.ExecuteNonQueryAsync().ConfigureAwait(false);

            var open = new NpgsqlCommand(Statements.Named("open_writer"), connection);
            await using (open.ConfigureAwait(false))
            {
                open.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = writer, NpgsqlDbType = NpgsqlDbType.Uuid });
                var reader = await open.ExecuteReaderAsync().ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    await reader.ReadAsync().ConfigureAwait(false);
                    return new WriterConnection(connection, columns, writer, reader);
                }
            }
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Commits a batch.</summary>
    /// <param name="number">Its number, greater than that of any batch before it.</param>
    /// <param name="slots">What it writes.</param>
    /// <exception cref="NpgsqlException">The connection was lost, or the batch was refused.</exception>
    public async Task<CommitOutcome> CommitAsync(long number, SessionSlot[] slots)
    {
        try
        {
            return await SendAsync(number, slots).ConfigureAwait(false);
        }
        catch (InvalidOperationException exception) when (!IsOpen)
        {
            // It was lost between two batches, and the driver had noticed.
            throw new NpgsqlException("The connection is lost.", exception);
        }
    }

    /// <summary>Takes the writer's row away.</summary>
    public async Task CloseAsync()
    {
        var command = new NpgsqlCommand(Statements.Named("close_writer"), _connection);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = _writer, NpgsqlDbType = NpgsqlDbType.Uuid });
            await command.ExecuteNonQueryAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_command is not null)
            await _command.DisposeAsync().ConfigureAwait(false);

        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<CommitOutcome> SendAsync(long number, SessionSlot[] slots)
    {
        var isNew = _command is null;
        _command ??= _columns.On(_connection);
        _columns.Fill(_writer, _generation, number, slots);
        if (isNew)
            await _command.PrepareAsync().ConfigureAwait(false);

        var reader = await _command.ExecuteReaderAsync().ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            await reader.ReadAsync().ConfigureAwait(false);
            var outcome = CommitOutcome.Read(reader, 0);

            // The transaction's own end comes behind the row, and with it the error if there is one.
            while (await reader.NextResultAsync().ConfigureAwait(false))
            {
            }

            _batch = number;
            return outcome;
        }
    }
}
