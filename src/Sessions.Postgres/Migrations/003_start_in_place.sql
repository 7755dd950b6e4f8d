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

-- Commits a batch of writes in one round trip. See "Group commit" in the architecture.
--
-- The sessions of the batch come once each, in the order of their keys, so that two writers never lock them crosswise.
-- A session has output (p_o...), a decision (p_d...), or both; output goes first. Rows below a session name it by its
-- place in that order (p_..._s). Seqs come as places behind the session's last seq, since only here is that known.
--
-- Every statement has a snapshot of its own, taken after the rows are locked: what is read under the lock is the newest.
-- Results stand in arrays by place rather than in joins, so that the statements below need no plan worth the name.
create function sessions.commit_batch(
    p_writer uuid, p_generation bigint, p_batch bigint,
    p_tenants text[], p_sessions text[],

    -- Output and heartbeats: those of one run and epoch, numbered without gaps or not at all.
    p_o_run text[], p_o_epoch bigint[], p_o_first bigint[], p_o_last bigint[], p_o_uncounted integer[], p_o_events integer[],
    p_o_ttl interval[],
    p_e_s integer[], p_e_off integer[], p_e_batch bigint[], p_e_kind smallint[], p_e_text text[], p_e_data text[],

    -- Decisions: the fence, then the session as it stands after them. Null metadata and generation seqs stay. One that was
    -- recalled was decided on what the replica remembered: on its guess of the time, and on a key and a run never seen.
    p_d_version bigint[], p_d_beats bigint[], p_d_recalled boolean[], p_d_new_key text[], p_d_new_run text[], p_d_records integer[],
    p_d_deleted boolean[], p_d_agent text[], p_d_title text[], p_d_metadata text[], p_d_status smallint[], p_d_rest smallint[],
    p_d_binding_state smallint[], p_d_binding_agent text[], p_d_bound_by_active boolean[],
    p_d_last_error_code text[], p_d_last_error_message text[], p_d_last_error_run text[], p_d_last_error_at timestamptz[],
    p_d_last_run text[], p_d_last_run_status smallint[], p_d_last_run_ended_at timestamptz[],
    p_d_generation bigint[], p_d_generation_off integer[], p_d_epoch bigint[],
    p_d_created_at timestamptz[], p_d_updated_at timestamptz[],
    p_d_active_run text[], p_d_worker text[], p_d_attempt integer[], p_d_started_at timestamptz[], p_d_deadline timestamptz[], p_d_queued_runs text[], p_d_queue_due_at timestamptz[],
    p_d_ready_agent text[], p_d_lease_expires_at timestamptz[], p_d_keeps_lease boolean[],

    -- Their log records.
    p_l_s integer[], p_l_off integer[], p_l_at timestamptz[], p_l_kind smallint[], p_l_run text[], p_l_data text[],

    -- The runs that they accept.
    p_q_s integer[], p_q_run text[], p_q_off integer[], p_q_agent text[], p_q_key text[], p_q_fingerprint text[],
    p_q_max_attempts integer[], p_q_timeout interval[], p_q_queue_timeout interval[], p_q_input text[], p_q_generation bigint[],
    p_q_queued_at timestamptz[], p_q_queue_deadline timestamptz[],

    -- The runs that they change. Where p_r_streams, the run ends with the text that it has streamed behind p_r_from_seq.
    p_r_s integer[], p_r_run text[], p_r_status smallint[], p_r_attempt integer[], p_r_worker text[], p_r_epoch bigint[],
    p_r_queue_deadline timestamptz[], p_r_started_at timestamptz[], p_r_deadline timestamptz[], p_r_ended_at timestamptz[],
    p_r_ended_off integer[], p_r_output text[], p_r_usage text[], p_r_error_code text[], p_r_error_message text[],
    p_r_abort_reason smallint[], p_r_was_active boolean[], p_r_streams boolean[], p_r_from_seq bigint[],

    -- The keys that they give a meaning.
    p_k_s integer[], p_k_key text[], p_k_run text[], p_k_fingerprint text[], p_k_abort_reason smallint[]
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
    v_o_run text[] := p_o_run;
begin
    -- A writer that lost its connection takes the next generation before it looks: what comes late is refused here.
    perform from sessions.writers where writer = p_writer and generation = p_generation for update;
    if not found then
        raise exception 'generation % of writer % is over', p_generation, p_writer using errcode = 'SE001';
    end if;

    if 0 = any (p_d_version) then
        insert into sessions.sessions (
            tenant, session, deleted, agent, title, metadata, status, rest, binding_state, binding_agent, bound_by_active,
            last_error_code, last_error_message, last_error_run, last_error_at, last_run, last_run_status, last_run_ended_at,
            version, generation, generation_seq, epoch, created_at, updated_at, changed_at, queued_runs, queue_due_at,
            ready_agent, ready_at, due_at, last_seq, has_output)
        select
            d.tenant, d.session, d.deleted, d.agent, d.title, d.metadata, d.status, d.rest, d.binding_state, d.binding_agent, false,
            d.last_error_code, d.last_error_message, d.last_error_run, d.last_error_at, d.last_run, d.last_run_status,
            d.last_run_ended_at, 1, d.generation, d.generation_off, d.epoch, d.created_at, d.updated_at, clock_timestamp(),
            string_to_array(d.queued_runs, ' '), d.queue_due_at, d.ready_agent,
            case when d.ready_agent is not null then clock_timestamp() end, d.queue_due_at, d.records, false
        from unnest(
            p_tenants, p_sessions, p_d_version, p_d_records, p_d_deleted, p_d_agent, p_d_title, p_d_metadata, p_d_status, p_d_rest,
            p_d_binding_state, p_d_binding_agent, p_d_last_error_code, p_d_last_error_message, p_d_last_error_run,
            p_d_last_error_at, p_d_last_run, p_d_last_run_status, p_d_last_run_ended_at, p_d_generation, p_d_generation_off,
            p_d_epoch, p_d_created_at, p_d_updated_at, p_d_queued_runs, p_d_queue_due_at, p_d_ready_agent) d (
            tenant, session, version, records, deleted, agent, title, metadata, status, rest,
            binding_state, binding_agent, last_error_code, last_error_message, last_error_run,
            last_error_at, last_run, last_run_status, last_run_ended_at, generation, generation_off,
            epoch, created_at, updated_at, queued_runs, queue_due_at, ready_agent)
        where d.version = 0
        on conflict do nothing;
    end if;

    -- Lock, in the order of the keys, and judge: the kernel's LeaseFence, and the decisions' fence.
    select
        array_agg(s.id), array_agg(s.id > 0), array_agg(s.is_new), array_agg(s.version), array_agg(s.last_seq),
        array_agg(s.has_output or o.landed > 0), array_agg(s.lease_expires_at), array_agg(s.lease_beats), array_agg(s.lease_batch),
        array_agg(o.holds), array_agg(o.new_from), array_agg(o.skipped),
        array_agg(o.beats), array_agg(o.landed), bool_or(k.run is not null and not o.holds),
        array_agg(coalesce(case when k.d_version = 0 then s.is_new else k.d_version = s.version end, false)
            and (k.d_beats is null or k.d_beats is not distinct from s.lease_beats + o.beats)
            and (not k.d_recalled or (
                k.d_at between clock_timestamp() - interval '1 second' and clock_timestamp() + interval '1 second'
                and not exists (select from sessions.keys y where y.session = s.id and y.key = k.d_new_key)
                and not exists (select from sessions.runs r where r.session = s.id and r.run = k.d_new_run)))),
        array_agg(s.last_seq + o.landed), array_agg(s.active_run)
    into
        v_id, v.found, v_is_new, v.version, v.last_seq,
        v.has_output, v.lease_expires_at, v.lease_beats, v.lease_batch,
        v.holds, v_from, v_skipped, v_beats, v.landed, v_any_lost, v.decided, v_last_seq, v_active
    from unnest(
        p_tenants, p_sessions, p_o_run, p_o_epoch, p_o_first, p_o_last, p_o_uncounted, p_o_events, p_d_version, p_d_beats,
        p_d_recalled, p_d_new_key, p_d_new_run, p_d_updated_at)
        with ordinality k (
        tenant, session, run, epoch, first, last, uncounted, events, d_version, d_beats,
        d_recalled, d_new_key, d_new_run, d_at, n)
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
                select count(*) from unnest(p_e_s, p_e_batch) e (s, batch) where e.s = k.n and e.batch < c.new_from)
            else 0 end::integer as skipped) w
    cross join lateral (
        select
            c.holds, c.new_from, w.skipped,
            case when c.holds then k.uncounted + w.counted else 0 end as beats,
            case when c.holds and c.in_order then k.events - w.skipped else 0 end as landed) o;

    v.at := clock_timestamp();

    if cardinality(p_e_s) > 0 then
        insert into sessions.log (session, seq, version, at, kind, run, text, data)
        select
            v_id[e.s], v.last_seq[e.s] + e.off - v_skipped[e.s], v.version[e.s], v.at, e.kind, v_o_run[e.s], e.text, e.data
        from unnest(p_e_s, p_e_off, p_e_batch, p_e_kind, p_e_text, p_e_data) e (s, off, batch, kind, text, data)
        where v.landed[e.s] > 0 and (e.batch is null or e.batch >= v_from[e.s]);
    end if;

    if 0 < any (v_beats) then
        update sessions.sessions s
        set last_seq = s.last_seq + u.landed,
            lease_expires_at = v.at + u.ttl,
            lease_beats = s.lease_beats + u.beats,
            lease_batch = case when u.last >= u.new_from then u.last else s.lease_batch end,
            has_output = s.has_output or u.landed > 0
        from unnest(p_tenants, p_sessions, v_beats, v.landed, p_o_ttl, p_o_last, v_from, p_o_first) u (
            tenant, session, beats, landed, ttl, last, new_from, first)
        where u.beats > 0 and s.tenant = u.tenant and s.session = u.session;
    end if;

    -- The run's status for those whose lease is lost.
    if v_any_lost then
        select array_agg(case when o.run = o.active then 1 else (
            select r.status from sessions.runs r where not o.holds and r.session = o.id and r.run = o.run) end)
        into v.run_status
        from unnest(p_o_run, v.holds, v_id, v_active) o (run, holds, id, active);
    end if;

    if true = any (v.decided) then
        insert into sessions.log (session, seq, version, at, kind, run, data)
        select v_id[l.s], v_last_seq[l.s] + l.off, case when v_is_new[l.s] then 1 else v.version[l.s] + 1 end, l.at, l.kind, l.run, l.data
        from unnest(p_l_s, p_l_off, p_l_at, p_l_kind, p_l_run, p_l_data) l (s, off, at, kind, run, data)
        where v.decided[l.s];

        if cardinality(p_q_s) > 0 then
            insert into sessions.runs (
                session, run, agent, status, idempotency_key, fingerprint, attempt, max_attempts, timeout, queue_timeout, epoch,
                input, generation, queued_seq, ended_seq, has_output, queued_at, queue_deadline)
            select
                v_id[q.s], q.run, q.agent, 0, q.key, q.fingerprint, 0, q.max_attempts, q.timeout, q.queue_timeout, 0,
                q.input, q.generation, v_last_seq[q.s] + q.off, 0, false, q.queued_at, q.queue_deadline
            from unnest(
                p_q_s, p_q_run, p_q_off, p_q_agent, p_q_key, p_q_fingerprint, p_q_max_attempts, p_q_timeout, p_q_queue_timeout,
                p_q_input, p_q_generation, p_q_queued_at, p_q_queue_deadline) q (
                s, run, off, agent, key, fingerprint, max_attempts, timeout, queue_timeout,
                input, generation, queued_at, queue_deadline)
            where v.decided[q.s];
        end if;

        if cardinality(p_r_s) > 0 then
            if true = any (p_r_streams) then
                select array_agg(case when r.streams and v.decided[r.s] and v.has_output[r.s] then (
                    select string_agg(t.text, '') from (
                        select l.text from sessions.log l
                        where l.session = v_id[r.s] and l.seq > r.from_seq and l.run = r.run and l.kind in (1, 2)
                        order by l.seq) t) end)
                into v.texts
                from unnest(p_r_s, p_r_run, p_r_streams, p_r_from_seq) r (s, run, streams, from_seq);
            end if;

            update sessions.runs r
            set status = u.status, attempt = u.attempt, worker = u.worker, epoch = u.epoch,
                queue_deadline = u.queue_deadline, started_at = u.started_at, deadline = u.deadline, ended_at = u.ended_at,
                ended_seq = case when u.status >= 2 then v_last_seq[u.s] + u.ended_off else 0 end,
                has_output = u.status >= 2 and u.was_active and v.has_output[u.s],
                output = case when u.status >= 2 then coalesce(
                    u.output, nullif(u.streamed, ''), case when u.status = 2 then '' end) end,
                usage = u.usage, error_code = u.error_code, error_message = u.error_message, abort_reason = u.abort_reason
            from unnest(
                p_r_s, p_r_run, p_r_status, p_r_attempt, p_r_worker, p_r_epoch, p_r_queue_deadline, p_r_started_at,
                p_r_deadline, p_r_ended_at, p_r_ended_off, p_r_output, p_r_usage, p_r_error_code, p_r_error_message,
                p_r_abort_reason, p_r_was_active, v.texts) u (
                s, run, status, attempt, worker, epoch, queue_deadline, started_at,
                deadline, ended_at, ended_off, output, usage, error_code, error_message,
                abort_reason, was_active, streamed)
            where u.s is not null and v.decided[u.s] and r.session = v_id[u.s] and r.run = u.run;
        end if;

        if cardinality(p_k_s) > 0 then
            insert into sessions.keys (session, key, run, fingerprint, abort_reason)
            select v_id[k.s], k.key, k.run, k.fingerprint, k.abort_reason
            from unnest(p_k_s, p_k_key, p_k_run, p_k_fingerprint, p_k_abort_reason) k (s, key, run, fingerprint, abort_reason)
            where v.decided[k.s]
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
            generation_seq = coalesce(s.last_seq + d.generation_off, s.generation_seq),
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
            from unnest(
                p_tenants, p_sessions, v.decided, v_is_new, p_d_version, p_d_records, p_d_deleted, p_d_agent, p_d_title,
                p_d_metadata, p_d_status, p_d_rest, p_d_binding_state, p_d_binding_agent, p_d_bound_by_active,
                p_d_last_error_code, p_d_last_error_message, p_d_last_error_run, p_d_last_error_at, p_d_last_run,
                p_d_last_run_status, p_d_last_run_ended_at, p_d_generation, p_d_generation_off, p_d_epoch, p_d_updated_at,
                p_d_active_run, p_d_worker, p_d_attempt, p_d_started_at, p_d_deadline, p_d_queued_runs, p_d_queue_due_at, p_d_ready_agent, p_d_lease_expires_at,
                p_d_keeps_lease) x (
                tenant, session, decided, is_new, version, records, deleted, agent, title,
                metadata, status, rest, binding_state, binding_agent, bound_by_active,
                last_error_code, last_error_message, last_error_run, last_error_at, last_run,
                last_run_status, last_run_ended_at, generation, generation_off, epoch, updated_at,
                active_run, worker, attempt, started_at, deadline, queued_runs, queue_due_at, ready_agent, lease_expires_at,
                keeps_lease)
            where x.decided and not x.is_new) d
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
