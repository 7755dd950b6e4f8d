-- What Orleans' AdoNet providers for clustering, reminders and grain storage keep in PostgreSQL. The names of tables,
-- columns, statements and parameters are theirs; they find the statements in OrleansQuery. Each statement is atomic by
-- itself: what changes a row and what fences it stand in one.

create table OrleansQuery (
    QueryKey text primary key,
    QueryText text not null
);

-- One row a cluster: its version is the fence of every change of its members.
create table OrleansMembershipVersionTable (
    DeploymentId text primary key,
    Timestamp timestamptz not null default now(),
    Version integer not null check (Version >= 0)
);

create table OrleansMembershipTable (
    DeploymentId text not null references OrleansMembershipVersionTable on delete cascade,
    Address text not null,
    Port integer not null,
    Generation integer not null,
    SiloName text not null,
    HostName text not null,
    Status integer not null,
    ProxyPort integer,
    SuspectTimes text,
    StartTime timestamptz not null,
    IAmAliveTime timestamptz not null,
    primary key (DeploymentId, Address, Port, Generation)
);

create table OrleansRemindersTable (
    ServiceId text not null,
    GrainId text not null,
    ReminderName text not null,
    StartTime timestamptz not null,
    Period bigint not null,
    GrainHash integer not null,
    Version integer not null,
    primary key (ServiceId, GrainId, ReminderName)
);

create index OrleansRemindersByHash on OrleansRemindersTable (ServiceId, GrainHash);

-- The hashes narrow down, the names decide.
create table OrleansStorage (
    GrainIdHash integer not null,
    GrainIdN0 bigint not null,
    GrainIdN1 bigint not null,
    GrainTypeHash integer not null,
    GrainTypeString text not null,
    GrainIdExtensionString text,
    ServiceId text not null,
    PayloadBinary bytea,
    ModifiedOn timestamptz not null default now(),
    Version integer not null,
    constraint OrleansStorageKey unique nulls not distinct
        (GrainIdHash, GrainTypeHash, ServiceId, GrainIdN0, GrainIdN1, GrainTypeString, GrainIdExtensionString)
);

insert into OrleansQuery (QueryKey, QueryText) values

('InsertMembershipVersionKey', $query$
    with made as (
        insert into OrleansMembershipVersionTable (DeploymentId, Version) values (@DeploymentId, 0)
        on conflict do nothing
        returning 1
    )
    select exists (select from made)
$query$),

('InsertMembershipKey', $query$
    with advanced as (
        update OrleansMembershipVersionTable cluster set Version = cluster.Version + 1, Timestamp = now()
        where cluster.DeploymentId = @DeploymentId and cluster.Version = @Version and not exists (
            select from OrleansMembershipTable member
            where member.DeploymentId = @DeploymentId and member.Address = @Address and member.Port = @Port
                and member.Generation = @Generation)
        returning cluster.DeploymentId
    ),
    made as (
        insert into OrleansMembershipTable
            (DeploymentId, Address, Port, Generation, SiloName, HostName, Status, ProxyPort, StartTime, IAmAliveTime)
        select DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime
        from advanced
        returning 1
    )
    select exists (select from made)
$query$),

('UpdateMembershipKey', $query$
    with advanced as (
        update OrleansMembershipVersionTable cluster set Version = cluster.Version + 1, Timestamp = now()
        where cluster.DeploymentId = @DeploymentId and cluster.Version = @Version and exists (
            select from OrleansMembershipTable member
            where member.DeploymentId = @DeploymentId and member.Address = @Address and member.Port = @Port
                and member.Generation = @Generation)
        returning cluster.DeploymentId
    ),
    changed as (
        update OrleansMembershipTable member
        set Status = @Status, SuspectTimes = @SuspectTimes, IAmAliveTime = @IAmAliveTime
        from advanced
        where member.DeploymentId = advanced.DeploymentId and member.Address = @Address and member.Port = @Port
            and member.Generation = @Generation
        returning 1
    )
    select exists (select from changed)
$query$),

('UpdateIAmAlivetimeKey', $query$
    update OrleansMembershipTable set IAmAliveTime = @IAmAliveTime
    where DeploymentId = @DeploymentId and Address = @Address and Port = @Port and Generation = @Generation
$query$),

('MembershipReadRowKey', $query$
    select member.Address, member.Port, member.Generation, member.SiloName, member.HostName, member.Status, member.ProxyPort,
        member.SuspectTimes, member.StartTime, member.IAmAliveTime, cluster.Version
    from OrleansMembershipVersionTable cluster
    left join OrleansMembershipTable member on member.DeploymentId = cluster.DeploymentId and member.Address = @Address
        and member.Port = @Port and member.Generation = @Generation
    where cluster.DeploymentId = @DeploymentId
$query$),

('MembershipReadAllKey', $query$
    select member.Address, member.Port, member.Generation, member.SiloName, member.HostName, member.Status, member.ProxyPort,
        member.SuspectTimes, member.StartTime, member.IAmAliveTime, cluster.Version
    from OrleansMembershipVersionTable cluster
    left join OrleansMembershipTable member on member.DeploymentId = cluster.DeploymentId
    where cluster.DeploymentId = @DeploymentId
$query$),

('GatewaysQueryKey', $query$
    select Address, ProxyPort, Generation from OrleansMembershipTable
    where DeploymentId = @DeploymentId and Status = @Status and ProxyPort > 0
$query$),

('DeleteMembershipTableEntriesKey', $query$
    delete from OrleansMembershipVersionTable where DeploymentId = @DeploymentId
$query$),

-- 3 is an active silo: one that is slow to say so is not defunct.
('CleanupDefunctSiloEntriesKey', $query$
    delete from OrleansMembershipTable
    where DeploymentId = @DeploymentId and IAmAliveTime < @IAmAliveTime and Status <> 3
$query$),

('UpsertReminderRowKey', $query$
    insert into OrleansRemindersTable (ServiceId, GrainId, ReminderName, StartTime, Period, GrainHash, Version)
    values (@ServiceId, @GrainId, @ReminderName, @StartTime, @Period, @GrainHash, 0)
    on conflict (ServiceId, GrainId, ReminderName) do update
    set StartTime = excluded.StartTime, Period = excluded.Period, GrainHash = excluded.GrainHash,
        Version = OrleansRemindersTable.Version + 1
    returning Version
$query$),

('ReadReminderRowsKey', $query$
    select GrainId, ReminderName, StartTime, Period, Version from OrleansRemindersTable
    where ServiceId = @ServiceId and GrainId = @GrainId
$query$),

('ReadReminderRowKey', $query$
    select GrainId, ReminderName, StartTime, Period, Version from OrleansRemindersTable
    where ServiceId = @ServiceId and GrainId = @GrainId and ReminderName = @ReminderName
$query$),

('ReadRangeRows1Key', $query$
    select GrainId, ReminderName, StartTime, Period, Version from OrleansRemindersTable
    where ServiceId = @ServiceId and GrainHash > @BeginHash and GrainHash <= @EndHash
$query$),

-- A range over the end of the ring.
('ReadRangeRows2Key', $query$
    select GrainId, ReminderName, StartTime, Period, Version from OrleansRemindersTable
    where ServiceId = @ServiceId and (GrainHash > @BeginHash or GrainHash <= @EndHash)
$query$),

('DeleteReminderRowKey', $query$
    with gone as (
        delete from OrleansRemindersTable
        where ServiceId = @ServiceId and GrainId = @GrainId and ReminderName = @ReminderName and Version = @Version
        returning 1
    )
    select exists (select from gone)
$query$),

('DeleteReminderRowsKey', $query$
    delete from OrleansRemindersTable where ServiceId = @ServiceId
$query$),

('ReadFromStorageKey', $query$
    select PayloadBinary, Version from OrleansStorage
    where GrainIdHash = @GrainIdHash and GrainTypeHash = @GrainTypeHash and ServiceId = @ServiceId and GrainIdN0 = @GrainIdN0
        and GrainIdN1 = @GrainIdN1 and GrainTypeString = @GrainTypeString
        and GrainIdExtensionString is not distinct from @GrainIdExtensionString::text
$query$),

-- No row back means that the version was not the expected one; none is expected where nothing was read.
('WriteToStorageKey', $query$
    with changed as (
        update OrleansStorage set PayloadBinary = @PayloadBinary, ModifiedOn = now(), Version = Version + 1
        where GrainIdHash = @GrainIdHash and GrainTypeHash = @GrainTypeHash and ServiceId = @ServiceId
            and GrainIdN0 = @GrainIdN0 and GrainIdN1 = @GrainIdN1 and GrainTypeString = @GrainTypeString
            and GrainIdExtensionString is not distinct from @GrainIdExtensionString::text
            and Version = @GrainStateVersion::integer
        returning Version
    ),
    made as (
        insert into OrleansStorage
            (GrainIdHash, GrainIdN0, GrainIdN1, GrainTypeHash, GrainTypeString, GrainIdExtensionString, ServiceId, PayloadBinary, Version)
        select @GrainIdHash, @GrainIdN0, @GrainIdN1, @GrainTypeHash, @GrainTypeString, @GrainIdExtensionString::text, @ServiceId,
            @PayloadBinary, 1
        where @GrainStateVersion::integer is null
        on conflict do nothing
        returning Version
    )
    select Version as NewGrainStateVersion from changed
    union all
    select Version from made
$query$),

('ClearStorageKey', $query$
    update OrleansStorage set PayloadBinary = null, ModifiedOn = now(), Version = Version + 1
    where GrainIdHash = @GrainIdHash and GrainTypeHash = @GrainTypeHash and ServiceId = @ServiceId and GrainIdN0 = @GrainIdN0
        and GrainIdN1 = @GrainIdN1 and GrainTypeString = @GrainTypeString
        and GrainIdExtensionString is not distinct from @GrainIdExtensionString::text and Version = @GrainStateVersion::integer
    returning Version as NewGrainStateVersion
$query$),

('DeleteStorageKey', $query$
    delete from OrleansStorage
    where GrainIdHash = @GrainIdHash and GrainTypeHash = @GrainTypeHash and ServiceId = @ServiceId and GrainIdN0 = @GrainIdN0
        and GrainIdN1 = @GrainIdN1 and GrainTypeString = @GrainTypeString
        and GrainIdExtensionString is not distinct from @GrainIdExtensionString::text and Version = @GrainStateVersion::integer
    returning Version + 1 as NewGrainStateVersion
$query$);
