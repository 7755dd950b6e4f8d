-- A run's start stands in its session's row alone, which has room for one running run; the run's own row is written when it
-- is accepted, when it waits again, and when it ends. And what stands in no index may be changed in place.
alter table sessions.sessions
    add column active_worker text collate "C",
    add column active_attempt integer,
    add column active_started_at timestamptz;

update sessions.sessions s
set active_worker = r.worker, active_attempt = r.attempt, active_started_at = r.started_at
from sessions.runs r
where r.session = s.id and r.run = s.active_run;

alter table sessions.sessions add constraint sessions_active_is_whole check (
    (active_run is null) = (active_worker is null)
    and (active_run is null) = (active_attempt is null)
    and (active_run is null) = (active_started_at is null));

drop index sessions.runs_one_running;
drop index sessions.runs_ended;
alter table sessions.runs drop constraint runs_running;

update sessions.runs set status = 0, worker = null, started_at = null, deadline = null where status = 1;

-- Invariant 19: at most one run of a session is running, namely the active one of its session.
alter table sessions.runs add constraint runs_running check (status <> 1);

create index log_ends on sessions.log (session, seq) where kind in (12, 13, 14);

-- It is read and written with every commit, and is small: packing it costs more than it saves.
alter table sessions.writers set (toast_tuple_target = 8160);

drop function sessions.commit_batch;

-- The rows of a batch come as arrays of these: one array of rows is read in a small part of the time that an array per column takes.
-- What a batch does to one session: output and heartbeats of one run and epoch, numbered without gaps or not at all; and the
-- fence of a decision. One that was recalled was decided on what the replica remembered: on its guess of the time, and on a
-- key and a run never seen.
create type sessions.batch_slot as (
    tenant text, session text,
    run text, epoch bigint, first bigint, last bigint, uncounted integer, events integer, ttl interval,
    version bigint, beats bigint, recalled boolean, new_key text, new_run text, decided_at timestamptz);

-- A log row of the output.
create type sessions.batch_event as (
    slot integer, place integer, batch bigint, kind smallint, run text, text text, data text);

-- The session as it stands after a decision. Null metadata and generation places stay.
create type sessions.batch_decision as (
    slot integer, tenant text, session text, version bigint, records integer,
    deleted boolean, agent text, title text, metadata text, status smallint, rest smallint,
    binding_state smallint, binding_agent text, bound_by_active boolean,
    last_error_code text, last_error_message text, last_error_run text, last_error_at timestamptz,
    last_run text, last_run_status smallint, last_run_ended_at timestamptz,
    generation bigint, generation_place integer, epoch bigint, created_at timestamptz, updated_at timestamptz,
    active_run text, worker text, attempt integer, started_at timestamptz, deadline timestamptz,
    queued_runs text, queue_due_at timestamptz, ready_agent text, lease_expires_at timestamptz, keeps_lease boolean);

-- A log row of a decision.
create type sessions.batch_record as (
    slot integer, place integer, at timestamptz, kind smallint, run text, data text);

-- A run that a decision accepts.
create type sessions.batch_queued_run as (
    slot integer, run text, place integer, agent text, key text, fingerprint text,
    max_attempts integer, timeout interval, queue_timeout interval, input text, generation bigint,
    queued_at timestamptz, queue_deadline timestamptz);

-- A run that a decision changes. One that streams ends with the text that it has streamed behind from_seq.
create type sessions.batch_changed_run as (
    slot integer, run text, status smallint, attempt integer, worker text, epoch bigint,
    queue_deadline timestamptz, started_at timestamptz, deadline timestamptz, ended_at timestamptz, ended_place integer,
    output text, usage text, error_code text, error_message text, abort_reason smallint,
    was_active boolean, streams boolean, from_seq bigint);

-- A key that a decision gives a meaning.
create type sessions.batch_key as (
    slot integer, key text, run text, fingerprint text, abort_reason smallint);

-- Commits a batch of writes in one round trip. See "Group commit" in the architecture.
--
-- The sessions of the batch come once each, in the order of their keys, so that two writers never lock them crosswise.
-- A session has output, a decision, or both; output goes first. Rows below a session name it by its slot, its place in that
-- order. Seqs come as places behind the session's last seq, since only here is that known.
--
-- Every statement has a snapshot of its own, taken after the rows are locked: what is read under the lock is the newest.
-- Results stand in arrays by slot rather than in joins, so that the statements below need no plan worth the name.
create function sessions.commit_batch(
    p_writer uuid, p_generation bigint, p_batch bigint, p_creates boolean, p_streams boolean,
    p_slots sessions.batch_slot[], p_events sessions.batch_event[], p_decisions sessions.batch_decision[],
    p_records sessions.batch_record[], p_queued sessions.batch_queued_run[], p_changed sessions.batch_changed_run[],
    p_keys sessions.batch_key[]
) returns sessions.commit_outcome language plpgsql as $$
declare
    v sessions.commit_outcome;
    v_id bigint[];
    v_is_new boolean[];
    v_from bigint[];
    v_skipped integer[];
    v_beats integer[];
    v_last_seq bigint[];
    v_any_lost boolean;
    v_active text[];
begin
    -- A writer that lost its connection takes the next generation before it looks: what comes late is refused here.
    perform from sessions.writers where writer = p_writer and generation = p_generation for update;
    if not found then
        raise exception 'generation % of writer % is over', p_generation, p_writer using errcode = 'SE001';
    end if;

    if p_creates then
        insert into sessions.sessions (
            tenant, session, deleted, agent, title, metadata, status, rest, binding_state, binding_agent, bound_by_active,
            last_error_code, last_error_message, last_error_run, last_error_at, last_run, last_run_status, last_run_ended_at,
            version, generation, generation_seq, epoch, created_at, updated_at, changed_at, queued_runs, queue_due_at,
            ready_agent, ready_at, due_at, last_seq, has_output)
        select
            d.tenant, d.session, d.deleted, d.agent, d.title, d.metadata, d.status, d.rest, d.binding_state, d.binding_agent, false,
            d.last_error_code, d.last_error_message, d.last_error_run, d.last_error_at, d.last_run, d.last_run_status,
            d.last_run_ended_at, 1, d.generation, d.generation_place, d.epoch, d.created_at, d.updated_at, clock_timestamp(),
            string_to_array(d.queued_runs, ' '), d.queue_due_at, d.ready_agent,
            case when d.ready_agent is not null then clock_timestamp() end, d.queue_due_at, d.records, false
        from unnest(p_decisions) d
        where d.version = 0
        on conflict do nothing;
    end if;

    -- Lock, in the order of the keys, and judge: the kernel's LeaseFence, and the decisions' fence.
    select
        array_agg(s.id), array_agg(s.id > 0), array_agg(s.is_new), array_agg(s.version), array_agg(s.last_seq),
        array_agg(s.has_output or o.landed > 0), array_agg(s.lease_expires_at), array_agg(s.lease_beats), array_agg(s.lease_batch),
        array_agg(o.holds), array_agg(o.new_from), array_agg(o.skipped),
        array_agg(o.beats), array_agg(o.landed), bool_or(k.run is not null and not o.holds),
        array_agg(coalesce(case when k.version = 0 then s.is_new else k.version = s.version end, false)
            and (k.beats is null or k.beats is not distinct from s.lease_beats + o.beats)
            and (not k.recalled or (
                k.decided_at between clock_timestamp() - interval '1 second' and clock_timestamp() + interval '1 second'
                and not exists (select from sessions.keys y where y.session = s.id and y.key = k.new_key)
                and not exists (select from sessions.runs r where r.session = s.id and r.run = k.new_run)))),
        array_agg(s.last_seq + o.landed), array_agg(s.active_run)
    into
        v_id, v.found, v_is_new, v.version, v.last_seq,
        v.has_output, v.lease_expires_at, v.lease_beats, v.lease_batch,
        v.holds, v_from, v_skipped, v_beats, v.landed, v_any_lost, v.decided, v_last_seq, v_active
    from unnest(p_slots) with ordinality k (
        tenant, session, run, epoch, first, last, uncounted, events, ttl,
        version, beats, recalled, new_key, new_run, decided_at, slot)
    left join lateral (
        select f.*, f.xmin = pg_current_xact_id()::xid as inserted
        from sessions.sessions f where f.tenant = k.tenant and f.session = k.session for update) f on true
    cross join lateral (
        select
            coalesce(f.id, 0) as id, coalesce(f.inserted, false) as is_new, coalesce(f.version, 0) as version,
            case when f.inserted then 0 else coalesce(f.last_seq, 0) end as last_seq,
            coalesce(f.has_output, false) as has_output, f.lease_expires_at, f.lease_beats, f.lease_batch, f.active_run) s
    cross join lateral (
        select
            coalesce(f.active_run = k.run and f.epoch = k.epoch, false) as holds,
            coalesce(k.first <= coalesce(f.lease_batch + 1, 1), true) as in_order,
            case when coalesce(k.first <= coalesce(f.lease_batch + 1, 1), true) then greatest(k.first, f.lease_batch + 1) end as new_from) c
    cross join lateral (
        select
            case when c.in_order and k.first is not null then greatest(0, k.last - c.new_from + 1) else 0 end::integer as counted,
            case when c.new_from > k.first then (
                select count(*) from unnest(p_events) e where e.slot = k.slot and e.batch < c.new_from)
            else 0 end::integer as skipped) w
    cross join lateral (
        select
            c.holds, c.new_from, w.skipped,
            case when c.holds then k.uncounted + w.counted else 0 end as beats,
            case when c.holds and c.in_order then k.events - w.skipped else 0 end as landed) o;

    v.at := clock_timestamp();

    if cardinality(p_events) > 0 then
        insert into sessions.log (session, seq, version, at, kind, run, text, data)
        select
            v_id[e.slot], v.last_seq[e.slot] + e.place - v_skipped[e.slot], v.version[e.slot], v.at, e.kind, e.run, e.text, e.data
        from unnest(p_events) e
        where v.landed[e.slot] > 0 and (e.batch is null or e.batch >= v_from[e.slot]);
    end if;

    if 0 < any (v_beats) then
        update sessions.sessions s
        set last_seq = s.last_seq + u.landed,
            lease_expires_at = v.at + u.ttl,
            lease_beats = s.lease_beats + u.beats,
            lease_batch = case when u.last >= u.new_from then u.last else s.lease_batch end,
            has_output = s.has_output or u.landed > 0
        from (
            select k.tenant, k.session, k.ttl, k.last, v_beats[k.slot] as beats, v.landed[k.slot] as landed, v_from[k.slot] as new_from
            from unnest(p_slots) with ordinality k (
                tenant, session, run, epoch, first, last, uncounted, events, ttl,
                version, fenced_beats, recalled, new_key, new_run, decided_at, slot)) u
        where u.beats > 0 and s.tenant = u.tenant and s.session = u.session;
    end if;

    -- The run's status for those whose lease is lost.
    if v_any_lost then
        select array_agg(case when k.run = v_active[k.slot] then 1 else (
            select r.status from sessions.runs r where not v.holds[k.slot] and r.session = v_id[k.slot] and r.run = k.run) end)
        into v.run_status
        from unnest(p_slots) with ordinality k (
            tenant, session, run, epoch, first, last, uncounted, events, ttl,
            version, beats, recalled, new_key, new_run, decided_at, slot);
    end if;

    if true = any (v.decided) then
        insert into sessions.log (session, seq, version, at, kind, run, data)
        select
            v_id[l.slot], v_last_seq[l.slot] + l.place, case when v_is_new[l.slot] then 1 else v.version[l.slot] + 1 end,
            l.at, l.kind, l.run, l.data
        from unnest(p_records) l
        where v.decided[l.slot];

        if cardinality(p_queued) > 0 then
            insert into sessions.runs (
                session, run, agent, status, idempotency_key, fingerprint, attempt, max_attempts, timeout, queue_timeout, epoch,
                input, generation, queued_seq, ended_seq, has_output, queued_at, queue_deadline)
            select
                v_id[q.slot], q.run, q.agent, 0, q.key, q.fingerprint, 0, q.max_attempts, q.timeout, q.queue_timeout, 0,
                q.input, q.generation, v_last_seq[q.slot] + q.place, 0, false, q.queued_at, q.queue_deadline
            from unnest(p_queued) q
            where v.decided[q.slot];
        end if;

        if cardinality(p_changed) > 0 then
            if p_streams then
                select array_agg(case when r.streams and v.decided[r.slot] and v.has_output[r.slot] then (
                    select string_agg(t.text, '') from (
                        select l.text from sessions.log l
                        where l.session = v_id[r.slot] and l.seq > r.from_seq and l.run = r.run and l.kind in (1, 2)
                        order by l.seq) t) end)
                into v.texts
                from unnest(p_changed) r;
            end if;

            update sessions.runs r
            set status = u.status, attempt = u.attempt, worker = u.worker, epoch = u.epoch,
                queue_deadline = u.queue_deadline, started_at = u.started_at, deadline = u.deadline, ended_at = u.ended_at,
                ended_seq = case when u.status >= 2 then v_last_seq[u.slot] + u.ended_place else 0 end,
                has_output = u.status >= 2 and u.was_active and v.has_output[u.slot],
                output = case when u.status >= 2 then coalesce(
                    u.output, nullif(u.streamed, ''), case when u.status = 2 then '' end) end,
                usage = u.usage, error_code = u.error_code, error_message = u.error_message, abort_reason = u.abort_reason
            from rows from (unnest(p_changed), unnest(v.texts)) u (
                slot, run, status, attempt, worker, epoch, queue_deadline, started_at, deadline, ended_at, ended_place,
                output, usage, error_code, error_message, abort_reason, was_active, streams, from_seq, streamed)
            where v.decided[u.slot] and r.session = v_id[u.slot] and r.run = u.run;
        end if;

        if cardinality(p_keys) > 0 then
            insert into sessions.keys (session, key, run, fingerprint, abort_reason)
            select v_id[k.slot], k.key, k.run, k.fingerprint, k.abort_reason
            from unnest(p_keys) k
            where v.decided[k.slot]
            on conflict (session, key) do update
            set run = excluded.run, fingerprint = excluded.fingerprint, abort_reason = excluded.abort_reason;
        end if;

        update sessions.sessions s
        set deleted = d.deleted, agent = d.agent, title = d.title, metadata = coalesce(d.metadata, s.metadata),
            status = d.status, rest = d.rest, binding_state = d.binding_state, binding_agent = d.binding_agent,
            bound_by_active = d.bound_by_active, last_error_code = d.last_error_code,
            last_error_message = d.last_error_message, last_error_run = d.last_error_run, last_error_at = d.last_error_at,
            last_run = d.last_run, last_run_status = d.last_run_status, last_run_ended_at = d.last_run_ended_at,
            version = d.version + 1, generation = d.generation,
            generation_seq = coalesce(s.last_seq + d.generation_place, s.generation_seq),
            epoch = d.epoch, updated_at = d.updated_at, changed_at = v.at,
            active_run = d.active_run, active_worker = d.worker, active_attempt = d.attempt, active_started_at = d.started_at,
            deadline = d.deadline, queued_runs = d.queued, queue_due_at = d.queue_due_at,
            ready_agent = d.ready_agent,
            ready_at = case when d.ready_agent is null then null
                when s.ready_at is not null and s.queued_runs[1] = d.queued[1] then s.ready_at else v.at end,
            due_at = least(d.deadline, d.queue_due_at, case when d.keeps_lease then s.lease_expires_at else d.lease_expires_at end),
            last_seq = s.last_seq + d.records,
            lease_expires_at = case when d.keeps_lease then s.lease_expires_at else d.lease_expires_at end,
            lease_beats = case when d.keeps_lease then s.lease_beats when d.active_run is not null then 0 end,
            lease_batch = case when d.keeps_lease then s.lease_batch end,
            has_output = d.keeps_lease and s.has_output,
            hinted_until = null
        from (
            select x.*, string_to_array(x.queued_runs, ' ') as queued
            from unnest(p_decisions) x
            where v.decided[x.slot] and not v_is_new[x.slot]) d
        where s.tenant = d.tenant and s.session = d.session;
    end if;

    -- The streamed texts stand in the runs.
    update sessions.writers
    set batch = p_batch, at = v.at, outcome = (
        v.at, v.found, v.version, v.holds, v.run_status, v.last_seq, v.landed, v.lease_expires_at, v.lease_beats, v.lease_batch, v.decided,
        v.has_output, null)::sessions.commit_outcome
    where writer = p_writer;

    return v;
end $$;
