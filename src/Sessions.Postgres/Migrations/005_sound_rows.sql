-- A CHECK's condition is read and planned anew with every statement that writes to its table: the ten of a session took a
-- fifth of the time of a lone commit. A function's is planned once per connection. So a table says in one CHECK that its
-- row is sound, and a function says what that is; what is broken still goes by its own name.

create function sessions.session_is_sound(
    version bigint, last_seq bigint, generation bigint, generation_seq bigint, deleted boolean, status smallint, rest smallint,
    binding_state smallint, binding_agent text, bound_by_active boolean,
    active_run text, active_worker text, active_attempt integer, active_started_at timestamptz, deadline timestamptz,
    lease_expires_at timestamptz, lease_beats bigint, lease_batch bigint, has_output boolean,
    queued integer, queue_due_at timestamptz, ready_agent text, ready_at timestamptz, due_at timestamptz
) returns boolean immutable language plpgsql as $$
declare
    broken text;
begin
    broken := case
        when version < 1 or last_seq < version then 'sessions_version'
        when generation < 1 or generation_seq not between 1 and last_seq then 'sessions_generation'
        when case when active_run is not null then status <> 2 when queued > 0 then status <> 1 else status not in (0, 3, 4) end
            then 'sessions_status'
        when rest not between 0 and 2 then 'sessions_rest'
        when binding_state not between 0 and 2 or (binding_state = 0) <> (binding_agent is null) then 'sessions_binding'
        when num_nulls(active_run, lease_expires_at, deadline, lease_beats) not in (0, 4)
            or active_run is null and (lease_batch is not null or has_output or bound_by_active) then 'sessions_active_has_lease'
        when num_nulls(active_run, active_worker, active_attempt, active_started_at) not in (0, 4) then 'sessions_active_is_whole'
        when (ready_agent is not null) <> (active_run is null and queued > 0)
            or (ready_agent is null) <> (ready_at is null) then 'sessions_ready'
        when (due_at is not null) <> (active_run is not null or queued > 0)
            or (queue_due_at is not null) <> (queued > 0) then 'sessions_due'
        when deleted and (active_run is not null or queued > 0) then 'sessions_deleted_rests'
    end;
    if broken is not null then
        raise exception 'the session breaks %', broken
            using errcode = 'check_violation', constraint = broken, table = 'sessions', schema = 'sessions';
    end if;
    return true;
end $$;

alter table sessions.sessions
    drop constraint sessions_version,
    drop constraint sessions_generation,
    drop constraint sessions_status,
    drop constraint sessions_rest,
    drop constraint sessions_binding,
    drop constraint sessions_active_has_lease,
    drop constraint sessions_active_is_whole,
    drop constraint sessions_ready,
    drop constraint sessions_due,
    drop constraint sessions_deleted_rests,
    add constraint sessions_sound check (sessions.session_is_sound(
        version, last_seq, generation, generation_seq, deleted, status, rest, binding_state, binding_agent, bound_by_active,
        active_run, active_worker, active_attempt, active_started_at, deadline,
        lease_expires_at, lease_beats, lease_batch, has_output,
        cardinality(queued_runs), queue_due_at, ready_agent, ready_at, due_at));

-- Texts that may be long only tell whether they are there: they need not be fetched for it.
create function sessions.run_is_sound(
    status smallint, queued_seq bigint, ended_seq bigint, ended_at timestamptz, no_output boolean,
    no_error_code boolean, no_error_message boolean, abort_reason smallint
) returns boolean immutable language plpgsql as $$
declare
    broken text;
begin
    broken := case
        when status not between 0 and 4 then 'runs_status'
        when status = 1 then 'runs_running'
        when (status >= 2) <> (ended_at is not null) or (status >= 2) <> (ended_seq > 0)
            or (ended_seq <> 0 and ended_seq <= queued_seq) then 'runs_ended'
        when (status < 2 and not no_output) or (status = 2 and no_output) then 'runs_output'
        when (status = 3) = no_error_code or no_error_code <> no_error_message then 'runs_error'
        when (status = 4) = (abort_reason is null) or abort_reason not between 0 and 3 then 'runs_abort'
    end;
    if broken is not null then
        raise exception 'the run breaks %', broken
            using errcode = 'check_violation', constraint = broken, table = 'runs', schema = 'sessions';
    end if;
    return true;
end $$;

alter table sessions.runs
    drop constraint runs_status,
    drop constraint runs_running,
    drop constraint runs_ended,
    drop constraint runs_output,
    drop constraint runs_error,
    drop constraint runs_abort,
    add constraint runs_sound check (sessions.run_is_sound(
        status, queued_seq, ended_seq, ended_at, output is null, error_code is null, error_message is null, abort_reason));
