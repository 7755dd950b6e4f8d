using Npgsql;
using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Postgres;

/// <summary>Reads about one session: its runs, its messages.</summary>
internal sealed class RunReads(ReadRetry database)
{
    public async ValueTask<Run?> RunAsync(SessionKey key, RunId run, CancellationToken cancellationToken)
    {
        var runs = await database.ListAsync("read_run", parameters => Of(parameters, key).Text(run.Value), RunOf, cancellationToken)
            .ConfigureAwait(false);
        return runs.Count == 0 ? null : runs[0];
    }

    public async ValueTask<IReadOnlyList<Run>> RunsAsync(
        SessionKey key, long? beforeSeq, int max, CancellationToken cancellationToken) =>
        await database.ListAsync(
            "list_runs", parameters => Of(parameters, key).Number(beforeSeq ?? long.MaxValue).Number(max), RunOf, cancellationToken)
            .ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<Message>> MessagesAsync(
        SessionKey key, long after, int max, CancellationToken cancellationToken) =>
        await database.ListAsync(
            "list_messages", parameters => Of(parameters, key).Number(after).Number(max), MessageOf, cancellationToken)
            .ConfigureAwait(false);

    private static NpgsqlParameterCollection Of(NpgsqlParameterCollection parameters, SessionKey key) =>
        parameters.Text(key.Tenant.Value).Text(key.Session.Value);

    /// <summary>What a run's start and output made of it stands in the session's row until it ends.</summary>
    private static Run RunOf(NpgsqlDataReader reader)
    {
        var row = new RowReader(reader, 0);
        var (active, epoch, hasOutput) = (ActiveRow.Read(ref row), row.Value<long>(), row.Value<bool>());
        var run = RunRow.Read(ref row)!;
        return run.Id.Value == active?.Run ? active.Of(run, epoch, hasOutput) : run;
    }

    private static Message MessageOf(NpgsqlDataReader reader)
    {
        var row = new RowReader(reader, 0);
        var (run, fromUser, text) = (row.Id()!, row.Value<bool>(), row.Text()!);
        return new Message(new(run), fromUser, text, (RunStatus)row.Value<short>(), row.Value<DateTimeOffset>(), row.Value<long>());
    }
}
