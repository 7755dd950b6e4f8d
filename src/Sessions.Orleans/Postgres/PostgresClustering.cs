using Orleans.Configuration;

namespace Sessions.Orleans;

/// <summary>
/// Has the cluster's members, reminders and stream subscriptions kept in the sessions' database. The sessions need no
/// reminders, since every silo sweeps what is due: they are for grains that a deployment hosts beside them.
/// </summary>
public static class PostgresClustering
{
    private const string Invariant = "Npgsql";

    /// <summary>Brings the tables that the cluster needs to what this build expects.</summary>
    /// <param name="connectionString">The sessions' database, as Npgsql takes it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static Task MigrateAsync(string connectionString, CancellationToken cancellationToken) =>
        ClusterSchema.MigrateAsync(connectionString, cancellationToken);

    /// <summary>For a silo; the tables have to be there.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="connectionString">The sessions' database.</param>
    public static ISiloBuilder UsePostgresCluster(this ISiloBuilder silo, string connectionString)
    {
        var within = ClusterSchema.Within(connectionString);
        silo.UseAdoNetClustering((AdoNetClusteringSiloOptions options) =>
        {
            options.Invariant = Invariant;
            options.ConnectionString = within;
        });
        silo.UseAdoNetReminderService(reminders => reminders.Configure(options =>
        {
            options.Invariant = Invariant;
            options.ConnectionString = within;
        }));
        silo.AddAdoNetGrainStorage(SessionsHosting.PubSubStore, (AdoNetGrainStorageOptions options) =>
        {
            options.Invariant = Invariant;
            options.ConnectionString = within;
        });
        return silo;
    }

    /// <summary>For a client of the cluster.</summary>
    /// <param name="client">The client.</param>
    /// <param name="connectionString">The sessions' database.</param>
    public static IClientBuilder UsePostgresCluster(this IClientBuilder client, string connectionString) =>
        client.UseAdoNetClustering((AdoNetClusteringClientOptions options) =>
        {
            options.Invariant = Invariant;
            options.ConnectionString = ClusterSchema.Within(connectionString);
        });
}
