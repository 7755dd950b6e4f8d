using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Storage;
using Sessions.Postgres.Tests;

namespace Sessions.Orleans.Tests;

/// <summary>What Orleans relies on when it keeps its members, reminders and grains' state in our tables.</summary>
public sealed class ProviderContractTests : IAsyncLifetime
{
    private const int Racers = 8;
    private static readonly DateTime At = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    private readonly PostgresFixture _postgres = new();
    private string? _database;
    private IHost? _silo;

    private IServiceProvider Services => _silo!.Services;

    public async Task InitializeAsync()
    {
        await _postgres.InitializeAsync();
        _database = await _postgres.CreateEmptyAsync();
        await PostgresClustering.MigrateAsync(_database, default);
        _silo = Silo("running");
        await _silo.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _silo!.StopAsync();
        _silo.Dispose();
        await _postgres.DisposeAsync();
    }

    [Fact]
    public async Task Migrating_again_and_at_the_same_time_changes_nothing() =>
        await Task.WhenAll(Enumerable.Range(0, Racers).Select(_ => PostgresClustering.MigrateAsync(_database!, default)));

    [Fact]
    public async Task A_member_is_added_once_and_only_at_the_version_that_was_read()
    {
        var table = await MembersAsync("adding");
        var version = (await table.ReadAll()).Version;
        Assert.Equal(0, version.Version);
        var member = Member(11);

        Assert.True(await table.InsertRow(member, version.Next()));
        Assert.False(await table.InsertRow(Member(12), version.Next()));
        var read = await table.ReadAll();
        Assert.Equal(1, read.Version.Version);
        Assert.False(await table.InsertRow(member, read.Version.Next()));
        Assert.Equal(1, (await table.ReadAll()).Version.Version);

        var (row, _) = Assert.Single(read.Members);
        Assert.Equal(
            (member.SiloAddress, member.SiloName, member.HostName, member.Status, member.ProxyPort, member.StartTime, member.IAmAliveTime),
            (row.SiloAddress, row.SiloName, row.HostName, row.Status, row.ProxyPort, row.StartTime, row.IAmAliveTime));
        Assert.Empty((await table.ReadRow(SiloAddress.New(IPAddress.Loopback, 99, 1))).Members);
    }

    [Fact]
    public async Task A_member_is_changed_only_at_the_version_that_was_read_and_never_half()
    {
        var table = await MembersAsync("changing");
        var member = Member(11);
        Assert.True(await table.InsertRow(member, (await table.ReadAll()).Version.Next()));
        var version = (await table.ReadAll()).Version;

        member.Status = SiloStatus.Active;
        member.SuspectTimes = [Tuple.Create(SiloAddress.New(IPAddress.Loopback, 7, 7), At.AddSeconds(1))];
        Assert.True(await table.UpdateRow(member, "", version.Next()));
        Assert.False(await table.UpdateRow(Member(11), "", version.Next()));

        var read = await table.ReadRow(member.SiloAddress);
        Assert.Equal(2, read.Version.Version);
        Assert.Equal((SiloStatus.Active, 1), (read.Members[0].Item1.Status, read.Members[0].Item1.SuspectTimes!.Count));

        // One that is not there changes nothing, the version neither.
        Assert.False(await table.UpdateRow(Member(12), "", read.Version.Next()));
        Assert.Equal(2, (await table.ReadAll()).Version.Version);
    }

    [Fact]
    public async Task Of_those_who_change_the_members_at_one_version_one_wins()
    {
        var table = await MembersAsync("racing");
        for (var round = 0; round < 20; round++)
        {
            var version = (await table.ReadAll()).Version;
            var port = 100 + (round * Racers);
            var won = await Task.WhenAll(Enumerable.Range(0, Racers).Select(racer => table.InsertRow(Member(port + racer), version.Next())));

            Assert.Equal(1, won.Count(isWon => isWon));
            Assert.Equal((round + 1, round + 1), ((await table.ReadAll()).Version.Version, (await table.ReadAll()).Members.Count));
        }
    }

    [Fact]
    public async Task Being_alive_is_noted_without_a_new_version_and_defunct_members_are_removed()
    {
        var table = await MembersAsync("living");
        var (active, dead) = (Member(11), Member(12));
        active.Status = SiloStatus.Active;
        dead.Status = SiloStatus.Dead;
        Assert.True(await table.InsertRow(active, (await table.ReadAll()).Version.Next()));
        Assert.True(await table.InsertRow(dead, (await table.ReadAll()).Version.Next()));

        active.IAmAliveTime = At.AddMinutes(1);
        await table.UpdateIAmAlive(active);
        var read = await table.ReadRow(active.SiloAddress);
        Assert.Equal((2, At.AddMinutes(1)), (read.Version.Version, read.Members[0].Item1.IAmAliveTime));

        await table.CleanupDefunctSiloEntries(At.AddHours(1));
        Assert.Equal([active.SiloAddress], (await table.ReadAll()).Members.Select(entry => entry.Item1.SiloAddress));
        await table.DeleteMembershipTableEntries("living");
        Assert.True(await (await MembersAsync("living")).InsertRow(dead, (await table.ReadAll()).Version.Next()));
    }

    [Fact]
    public async Task State_is_written_only_over_the_version_that_was_read()
    {
        var storage = Services.GetRequiredKeyedService<IGrainStorage>(SessionsHosting.PubSubStore);
        var grain = GrainId.Create("kept", "a");
        var (first, second) = (new GrainState<Kept>(), new GrainState<Kept>());
        await storage.ReadStateAsync("kept", grain, first);
        await storage.ReadStateAsync("kept", grain, second);
        Assert.False(first.RecordExists);

        first.State = new Kept("one");
        await storage.WriteStateAsync("kept", grain, first);
        second.State = new Kept("two");
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync("kept", grain, second));
        await storage.ReadStateAsync("kept", grain, second);
        Assert.Equal(("one", true, first.ETag), (second.State.Text, second.RecordExists, second.ETag));

        second.State = new Kept("two");
        await storage.WriteStateAsync("kept", grain, second);
        first.State = new Kept("three");
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync("kept", grain, first));
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.ClearStateAsync("kept", grain, first));
        await storage.ClearStateAsync("kept", grain, second);
        await storage.ReadStateAsync("kept", grain, first);
        Assert.False(first.RecordExists);
        await storage.WriteStateAsync("kept", grain, first);
    }

    [Fact]
    public async Task Of_those_who_write_the_first_state_one_wins()
    {
        var storage = Services.GetRequiredKeyedService<IGrainStorage>(SessionsHosting.PubSubStore);
        for (var round = 0; round < 20; round++)
        {
            var grain = GrainId.Create("kept", $"race-{round}");
            var won = await Task.WhenAll(Enumerable.Range(0, Racers).Select(async racer =>
            {
                try
                {
                    await storage.WriteStateAsync("kept", grain, new GrainState<Kept> { State = new Kept($"{racer}") });
                    return true;
                }
                catch (InconsistentStateException)
                {
                    return false;
                }
            }));

            Assert.Equal(1, won.Count(isWon => isWon));
        }
    }

    [Fact]
    public async Task Reminders_are_found_by_grain_and_by_range_and_removed_by_their_version()
    {
        var table = Services.GetRequiredService<IReminderTable>();
        var grains = Enumerable.Range(0, 20).Select(n => GrainId.Create("reminded", $"{n}")).ToArray();
        foreach (var grain in grains)
            await table.UpsertRow(new ReminderEntry { GrainId = grain, ReminderName = "r", StartAt = At, Period = TimeSpan.FromMinutes(1) });

        var etag = (await table.ReadRow(grains[0], "r"))!.ETag!;
        var next = (await table.UpsertRow(new ReminderEntry { GrainId = grains[0], ReminderName = "r", StartAt = At, Period = TimeSpan.FromDays(60) }))!;
        Assert.NotEqual(etag, next);
        Assert.Equal((At, TimeSpan.FromDays(60)), ((await table.ReadRow(grains[0], "r"))!.StartAt, (await table.ReadRow(grains[0], "r"))!.Period));
        Assert.Null(await table.ReadRow(grains[0], "other"));
        Assert.Single((await table.ReadRows(grains[1])).Reminders);

        var hashes = grains.Select(grain => grain.GetUniformHashCode()).Order().ToArray();
        Assert.Equal(grains.Length, (await table.ReadRows(0, 0)).Reminders.Count);
        Assert.Equal(10, (await table.ReadRows(hashes[4], hashes[14])).Reminders.Count);
        Assert.Equal(10, (await table.ReadRows(hashes[14], hashes[4])).Reminders.Count);

        Assert.False(await table.RemoveRow(grains[0], "r", etag));
        Assert.True(await table.RemoveRow(grains[0], "r", next));
        Assert.False(await table.RemoveRow(grains[0], "r", next));
    }

    private static MembershipEntry Member(int port) => new()
    {
        SiloAddress = SiloAddress.New(IPAddress.Loopback, port, 1),
        SiloName = $"silo-{port}",
        HostName = "here",
        Status = SiloStatus.Joining,
        ProxyPort = port + 1,
        StartTime = At,
        IAmAliveTime = At,
    };

    /// <summary>The members of a cluster of which no silo runs.</summary>
    private async Task<IMembershipTable> MembersAsync(string cluster)
    {
        var table = Silo(cluster).Services.GetRequiredService<IMembershipTable>();
        await table.InitializeMembershipTable(true);
        return table;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private IHost Silo(string cluster)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleans(silo =>
        {
            silo.UsePostgresCluster(_database!);
            silo.Configure<EndpointOptions>(options => (options.AdvertisedIPAddress, options.SiloPort, options.GatewayPort) =
                (IPAddress.Loopback, FreePort(), 0));
            silo.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (cluster, "contract"));
        });
        return builder.Build();
    }

    /// <summary>A grain's state; the storage makes an empty one where there is none.</summary>
    public sealed record Kept(string? Text)
    {
        public Kept()
            : this((string?)null)
        {
        }
    }
}
