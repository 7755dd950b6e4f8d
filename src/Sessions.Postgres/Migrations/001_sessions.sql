-- The tables. What the kernel promises is stated here again wherever a constraint can say it.
-- Ids, agents and keys are compared byte by byte: collate "C". Statuses are the numbers of the kernel's enums.

create table sessions.sessions (
    tenant text collate "C" not null,
    session text collate "C" not null,
    id bigint generated always as identity,

    deleted boolean not null,
    agent text collate "C" not null,
    title text,
    metadata text not null,
    status smallint not null,
    rest smallint not null,
    binding_state smallint not null,
    binding_agent text collate "C",
    bound_by_active boolean not null,
    last_error_code text,
    last_error_message text,
    last_error_run text collate "C",
    last_error_at timestamptz,
    last_run text collate "C",
    last_run_status smallint,
    last_run_ended_at timestamptz,
    version bigint not null,
    generation bigint not null,
    generation_seq bigint not null,
    epoch bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,

    -- By the commit, not by the decision: only so does a list's order agree with what becomes visible when.
    changed_at timestamptz not null,

    active_run text collate "C",
    deadline timestamptz,
    queued_runs text[] collate "C" not null,
    queue_due_at timestamptz,

    -- The agent of the run that could start now, and since when it could.
    ready_agent text collate "C",
    ready_at timestamptz,

    -- When to look for what is due. May be early, since output extends leases and leaves this alone; is never late.
    due_at timestamptz,

    -- What output writes touch: none of it stands in an index, so that those updates stay heap-only.
    last_seq bigint not null,
    lease_expires_at timestamptz,
    lease_beats bigint,
    lease_batch bigint,
    has_output boolean not null,

    -- Somebody was pointed at the ready run: until then the others look elsewhere.
    hinted_until timestamptz,

    constraint sessions_key primary key (tenant, session),
    constraint sessions_version check (version >= 1 and last_seq >= version),
    constraint sessions_generation check (generation >= 1 and generation_seq between 1 and last_seq),
    constraint sessions_status check (
        case when active_run is not null then status = 2 when cardinality(queued_runs) > 0 then status = 1 else status in (0, 3, 4) end),
    constraint sessions_rest check (rest in (0, 1, 2)),
    constraint sessions_binding check (
        binding_state in (0, 1, 2) and (binding_state = 0) = (binding_agent is null)),
    constraint sessions_active_has_lease check (
        (active_run is null) = (lease_expires_at is null)
        and (active_run is null) = (deadline is null)
        and (active_run is null) = (lease_beats is null)
        and (active_run is not null or (lease_batch is null and not has_output and not bound_by_active))),
    constraint sessions_ready check (
        (ready_agent is not null) = (active_run is null and cardinality(queued_runs) > 0)
        and (ready_agent is null) = (ready_at is null)),
    constraint sessions_due check (
        (due_at is not null) = (active_run is not null or cardinality(queued_runs) > 0)
        and (queue_due_at is not null) = (cardinality(queued_runs) > 0)),
    constraint sessions_deleted_rests check (not deleted or (active_run is null and cardinality(queued_runs) = 0))
) with (fillfactor = 60);

create index sessions_live on sessions.sessions (tenant, changed_at, session) where not deleted;
create index sessions_gone on sessions.sessions (tenant, changed_at) where deleted;
create index sessions_active on sessions.sessions (tenant, changed_at, session) where status in (1, 2);
create index sessions_failed on sessions.sessions (tenant, changed_at, session) where status in (3, 4) and not deleted;
create index sessions_ready on sessions.sessions (tenant, ready_agent, ready_at) where ready_agent is not null;
create index sessions_due on sessions.sessions (due_at) where due_at is not null;

create table sessions.runs (
    session bigint not null,
    run text collate "C" not null,
    agent text collate "C" not null,
    status smallint not null,
    idempotency_key text collate "C",
    fingerprint text,
    attempt integer not null,
    max_attempts integer not null,
    timeout interval not null,
    queue_timeout interval not null,
    worker text collate "C",
    epoch bigint not null,
    input text not null,
    output text,
    usage text,
    error_code text,
    error_message text,
    abort_reason smallint,
    generation bigint not null,
    queued_seq bigint not null,
    ended_seq bigint not null,
    has_output boolean not null,
    queued_at timestamptz not null,
    queue_deadline timestamptz not null,
    started_at timestamptz,
    deadline timestamptz,
    ended_at timestamptz,

    constraint runs_key primary key (session, run),
    constraint runs_status check (status between 0 and 4),
    constraint runs_running check (
        status <> 1 or (worker is not null and epoch > 0 and attempt > 0 and started_at is not null and deadline is not null)),
    constraint runs_ended check (
        (status >= 2) = (ended_at is not null) and (status >= 2) = (ended_seq > 0) and (ended_seq = 0 or ended_seq > queued_seq)),
    constraint runs_output check ((output is null or status >= 2) and (status <> 2 or output is not null)),
    constraint runs_error check ((status = 3) = (error_code is not null) and (error_code is null) = (error_message is null)),
    constraint runs_abort check ((status = 4) = (abort_reason is not null) and abort_reason between 0 and 3)
) with (fillfactor = 80);

-- Invariant 19: at most one run of a session is running.
create unique index runs_one_running on sessions.runs (session) where status = 1;
create unique index runs_queued on sessions.runs (session, queued_seq);
create unique index runs_ended on sessions.runs (session, ended_seq) where ended_seq > 0;

-- Invariants 14, 17, 18: a key stands for one run, or for an abort that waits for it, for the session's life.
create table sessions.keys (
    session bigint not null,
    key text collate "C" not null,
    run text collate "C",
    fingerprint text,
    abort_reason smallint,

    constraint keys_key primary key (session, key),
    constraint keys_meaning check (
        (run is null) = (fingerprint is null) and (run is null) <> (abort_reason is null) and abort_reason between 0 and 3)
);

create unique index keys_run on sessions.keys (session, run) where run is not null;

-- Invariant 37: (session, seq) is the log's order. Long texts stand in the runs, once.
create table sessions.log (
    session bigint not null,
    seq bigint not null,
    version bigint not null,
    at timestamptz not null,
    kind smallint not null,
    run text collate "C",
    text text,
    data text,

    constraint log_key primary key (session, seq),
    constraint log_seq check (seq >= 1 and version between 1 and seq),
    constraint log_kind check (kind between 1 and 15)
);

-- What became of a batch: an element per session, in the batch's order; texts per changed run.
create type sessions.commit_outcome as (
    at timestamptz,
    found boolean[],
    version bigint[],
    holds boolean[],
    run_status smallint[],
    last_seq bigint[],
    landed integer[],
    lease_expires_at timestamptz[],
    lease_beats bigint[],
    lease_batch bigint[],
    decided boolean[],
    has_output boolean[],
    texts text[]
);

-- Who writes, and the last batch of each: where the outcome of a commit is read that was lost on the way.
create table sessions.writers (
    writer uuid not null,
    generation bigint not null,
    batch bigint not null,
    at timestamptz not null,
    outcome sessions.commit_outcome,

    constraint writers_key primary key (writer)
) with (fillfactor = 20);

-- Invariants 4 and 8: what is terminal stays as it is.
create function sessions.refuse_terminal_change() returns trigger language plpgsql as $$
begin
    raise exception 'run % is terminal and does not change', old.run
        using errcode = 'integrity_constraint_violation', constraint = 'runs_terminal', table = 'runs', schema = 'sessions';
end $$;

create trigger runs_terminal before update or delete on sessions.runs
    for each row when (old.status >= 2) execute function sessions.refuse_terminal_change();

create function sessions.refuse_log_change() returns trigger language plpgsql as $$
begin
    raise exception 'the log only grows'
        using errcode = 'integrity_constraint_violation', constraint = 'log_grows', table = 'log', schema = 'sessions';
end $$;

create trigger log_grows before update or delete on sessions.log
    for each statement execute function sessions.refuse_log_change();

-- An idempotency key may get its run once, and never another one.
create function sessions.refuse_key_change() returns trigger language plpgsql as $$
begin
    raise exception 'key % of run % does not change', old.key, old.run
        using errcode = 'integrity_constraint_violation', constraint = 'keys_fixed', table = 'keys', schema = 'sessions';
end $$;

create trigger keys_fixed before update or delete on sessions.keys
    for each row when (old.run is not null) execute function sessions.refuse_key_change();

-- Seqs, versions, epochs and generations only grow; a deleted session does not come back (invariants 6, 16, 19).
create function sessions.refuse_going_back() returns trigger language plpgsql as $$
begin
    raise exception 'session %/% does not go back', old.tenant, old.session
        using errcode = 'integrity_constraint_violation', constraint = 'sessions_grow', table = 'sessions', schema = 'sessions';
end $$;

create trigger sessions_grow before update on sessions.sessions
    for each row when (
        new.last_seq < old.last_seq or new.version < old.version or new.epoch < old.epoch or new.generation < old.generation
        or new.version > old.version + 1 or (old.deleted and new.version > old.version)
        or new.id <> old.id or new.tenant <> old.tenant or new.session <> old.session)
    execute function sessions.refuse_going_back();
