-- Plans are made once per connection, often before there are statistics, or while they say that a table is empty. So each
-- statement is written such that only the right plan is left: rows are found by their keys, one after the other.

-- The condition always holds. Whoever looks for a run by its id does not state it, so that this index is no choice there.
drop index sessions.runs_queued;
create unique index runs_queued on sessions.runs (session, queued_seq) where queued_seq > 0;

-- Commits a batch of writes in one round trip. See "Group commit" in the architecture.
--
-- The outputs and the decisions of a batch are of one session each, in the order of the sessions' keys, so that two writers
-- never lock them crosswise; a session may have both, and its output goes first. The rows below them name them by their
-- slot, their place in that order. Seqs come as places behind the session's last seq, since only here is that known.
--
-- Every statement has a snapshot of its own. Results stand in arrays by slot rather than in joins, so that the statements
-- below need no plan worth the name. What is to be found by a key is asked for as any of an array of one where it is joined,
-- and apart where it must not be there: neither can be merged or hashed.
create or replace function sessions.commit_batch(
    p_writer uuid, p_generation bigint, p_batch bigint, p_creates boolean, p_streams boolean,
    p_outputs sessions.batch_output[], p_events sessions.batch_event[], p_decisions sessions.batch_decision[],
    p_records sessions.batch_record[], p_queued sessions.batch_queued_run[], p_changed sessions.batch_changed_run[],
    p_keys sessions.batch_key[]
) returns sessions.commit_outcome language plpgsql as $$
declare
    v sessions.commit_outcome;
    v_id bigint[];
    v_active text[];
    v_from bigint[];
    v_skipped integer[];
    v_beats integer[];
    v_any_lost boolean;
    v_slot integer[];
    v_new_slot integer[];
    v_new_id bigint[];
    v_texts text[];
begin
    if cardinality(p_outputs) > 0 then
        if cardinality(p_decisions) > 0 then
            perform from (
                select o.tenant, o.session from unnest(p_outputs) o
                union all
                select d.tenant, d.session from unnest(p_decisions) d
                order by 1, 2) k
            cross join lateral (
                select from sessions.sessions f where f.tenant = k.tenant and f.session = k.session for update) f;
        end if;

        -- Lock, and judge by the kernel's LeaseFence.
        select
            array_agg(f.id), array_agg(f.active_run), array_agg(coalesce(f.version, 0)), array_agg(coalesce(f.last_seq, 0)),
            array_agg(f.lease_expires_at), array_agg(f.lease_beats), array_agg(f.lease_batch),
            array_agg(c.holds), array_agg(c.new_from), array_agg(w.skipped),
            array_agg(case when c.holds then k.uncounted + w.counted else 0 end),
            array_agg(case when c.holds and c.in_order then k.events - w.skipped else 0 end),
            bool_or(not c.holds)
        into
            v_id, v_active, v.version, v.last_seq,
            v.lease_expires_at, v.lease_beats, v.lease_batch,
            v.holds, v_from, v_skipped, v_beats, v.landed, v_any_lost
        from unnest(p_outputs) k
        left join lateral (
            select * from sessions.sessions f where f.tenant = k.tenant and f.session = k.session for update) f on true
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
                else 0 end::integer as skipped) w;

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
            set last_seq = s.last_seq + v.landed[u.slot],
                lease_expires_at = v.at + u.ttl,
                lease_beats = s.lease_beats + v_beats[u.slot],
                lease_batch = case when u.last >= v_from[u.slot] then u.last else s.lease_batch end,
                has_output = s.has_output or v.landed[u.slot] > 0
            from unnest(p_outputs) u
            where v_beats[u.slot] > 0 and s.tenant = any (array[u.tenant]) and s.session = u.session;
        end if;

        -- The run's status for those whose lease is lost.
        if v_any_lost then
            select array_agg(case when k.run = v_active[k.slot] then 1 else (
                select r.status from sessions.runs r where not v.holds[k.slot] and r.session = v_id[k.slot] and r.run = k.run) end)
            into v.run_status
            from unnest(p_outputs) k;
        end if;
    else
        v.at := clock_timestamp();
    end if;

    if cardinality(p_decisions) > 0 then
        if p_creates then
            with fresh as materialized (
                select nextval('sessions.sessions_id_seq') as id, d.* from unnest(p_decisions) d where d.version = 0),
            created as (
                insert into sessions.sessions (
                    id, tenant, session, deleted, agent, title, metadata, status, rest, binding_state, binding_agent, bound_by_active,
                    last_error_code, last_error_message, last_error_run, last_error_at, last_run, last_run_status, last_run_ended_at,
                    version, generation, generation_seq, epoch, created_at, updated_at, changed_at,
                    active_run, active_worker, active_attempt, active_started_at, deadline, queued_runs, queue_due_at,
                    ready_agent, ready_at, due_at, last_seq, lease_expires_at, lease_beats, has_output)
                overriding system value
                select
                    d.id, d.tenant, d.session, d.deleted, d.agent, d.title, d.metadata, d.status, d.rest, d.binding_state, d.binding_agent,
                    d.bound_by_active, d.last_error_code, d.last_error_message, d.last_error_run, d.last_error_at, d.last_run,
                    d.last_run_status, d.last_run_ended_at,
                    d.versions, d.generation, d.generation_place, d.epoch, d.created_at, d.updated_at, clock_timestamp(),
                    d.active_run, d.worker, d.attempt, d.started_at, d.deadline, string_to_array(d.queued_runs, ' '), d.queue_due_at,
                    d.ready_agent, case when d.ready_agent is not null then clock_timestamp() end,
                    least(d.deadline, d.queue_due_at, d.lease_expires_at), d.records, d.lease_expires_at,
                    case when d.active_run is not null then 0 end, false
                from fresh d
                on conflict do nothing
                returning id)
            select array_agg(f.slot), array_agg(f.id) into v_new_slot, v_new_id
            from fresh f where f.id in (select c.id from created c);
        end if;

        with decided as (
            update sessions.sessions s
            set deleted = d.deleted, agent = d.agent, title = d.title, metadata = coalesce(d.metadata, s.metadata),
                status = d.status, rest = d.rest, binding_state = d.binding_state, binding_agent = d.binding_agent,
                bound_by_active = d.bound_by_active, last_error_code = d.last_error_code,
                last_error_message = d.last_error_message, last_error_run = d.last_error_run, last_error_at = d.last_error_at,
                last_run = d.last_run, last_run_status = d.last_run_status, last_run_ended_at = d.last_run_ended_at,
                version = d.version + d.versions, generation = d.generation,
                generation_seq = coalesce(s.last_seq + d.generation_place, s.generation_seq),
                epoch = d.epoch, updated_at = d.updated_at, changed_at = clock_timestamp(),
                active_run = d.active_run, active_worker = d.worker, active_attempt = d.attempt, active_started_at = d.started_at,
                deadline = d.deadline, queued_runs = d.queued, queue_due_at = d.queue_due_at,
                ready_agent = d.ready_agent,
                ready_at = case when d.ready_agent is null then null
                    when s.ready_at is not null and s.queued_runs[1] = d.queued[1] then s.ready_at else clock_timestamp() end,
                due_at = least(d.deadline, d.queue_due_at, case when d.keeps_lease then s.lease_expires_at else d.lease_expires_at end),
                last_seq = s.last_seq + d.records,
                lease_expires_at = case when d.keeps_lease then s.lease_expires_at else d.lease_expires_at end,
                lease_beats = case when d.keeps_lease then s.lease_beats when d.active_run is not null then 0 end,
                lease_batch = case when d.keeps_lease then s.lease_batch end,
                had_output = s.has_output,
                has_output = d.keeps_lease and s.has_output,
                hinted_until = null
            from (select x.*, string_to_array(x.queued_runs, ' ') as queued from unnest(p_decisions) x) d
            where s.tenant = any (array[d.tenant]) and s.session = d.session and d.version > 0 and s.version = d.version
                and (d.beats is null or s.lease_beats = d.beats)
                and (not d.recalled or (
                    d.updated_at between clock_timestamp() - interval '1 second' and clock_timestamp() + interval '1 second'
                    and (select y.session from sessions.keys y where y.session = s.id and y.key = d.new_key) is null
                    and (select r.session from sessions.runs r where r.session = s.id and r.run = d.new_run) is null))
            returning d.slot, s.id, s.last_seq - d.records as behind, s.had_output, s.lease_expires_at, s.lease_beats, s.lease_batch)
        select
            array_agg(u.slot), array_agg(u.id), array_agg(u.behind), array_agg(u.had_output),
            array_agg(u.lease_expires_at), array_agg(u.lease_beats), array_agg(u.lease_batch)
        into v_slot, v.decided, v.decided_behind, v.had_output, v.kept_expires_at, v.kept_beats, v.kept_batch
        from (
            select d.slot, d.id, d.behind, d.had_output, d.lease_expires_at, d.lease_beats, d.lease_batch from decided d
            union all
            select n.slot, n.id, 0, false, null, null, null from unnest(v_new_slot, v_new_id) n (slot, id)
            order by 1) u;

        -- Some were refused: what there is goes to its place.
        if cardinality(v_slot) is distinct from cardinality(p_decisions) then
            select
                array_agg(v.decided[p.place]), array_agg(v.decided_behind[p.place]), array_agg(v.had_output[p.place]),
                array_agg(v.kept_expires_at[p.place]), array_agg(v.kept_beats[p.place]), array_agg(v.kept_batch[p.place])
            into v.decided, v.decided_behind, v.had_output, v.kept_expires_at, v.kept_beats, v.kept_batch
            from (
                select array_position(v_slot, g.slot) as place
                from generate_series(1, cardinality(p_decisions)) g (slot)
                order by g.slot) p;
        end if;

        if v_slot is not null then
            insert into sessions.log (session, seq, version, at, kind, run, data)
            select v.decided[l.slot], v.decided_behind[l.slot] + l.place, l.version, l.at, l.kind, l.run, l.data
            from unnest(p_records) l
            where v.decided[l.slot] is not null;

            if cardinality(p_queued) > 0 then
                insert into sessions.runs (
                    session, run, agent, status, idempotency_key, fingerprint, attempt, max_attempts, timeout, queue_timeout, epoch,
                    input, generation, queued_seq, ended_seq, has_output, queued_at, queue_deadline)
                select
                    v.decided[q.slot], q.run, q.agent, 0, q.key, q.fingerprint, 0, q.max_attempts, q.timeout, q.queue_timeout, 0,
                    q.input, q.generation, v.decided_behind[q.slot] + q.place, 0, false, q.queued_at, q.queue_deadline
                from unnest(p_queued) q
                where v.decided[q.slot] is not null;
            end if;

            if cardinality(p_changed) > 0 then
                if p_streams then
                    select array_agg(case when r.streams and v.decided[r.slot] is not null and v.had_output[r.slot] then (
                        select string_agg(t.text, '') from (
                            select l.text from sessions.log l
                            where l.session = v.decided[r.slot] and l.seq > r.from_seq and l.run = r.run and l.kind in (1, 2)
                            order by l.seq) t) end)
                    into v_texts
                    from unnest(p_changed) r;
                end if;

                update sessions.runs r
                set status = u.status, attempt = u.attempt, worker = u.worker, epoch = u.epoch,
                    queue_deadline = u.queue_deadline, started_at = u.started_at, deadline = u.deadline, ended_at = u.ended_at,
                    ended_seq = case when u.status >= 2 then v.decided_behind[u.slot] + u.ended_place else 0 end,
                    has_output = u.status >= 2 and u.was_active and v.had_output[u.slot],
                    output = case when u.status >= 2 then coalesce(
                        u.output, nullif(u.streamed, ''), case when u.status = 2 then '' end) end,
                    usage = u.usage, error_code = u.error_code, error_message = u.error_message, abort_reason = u.abort_reason
                from rows from (unnest(p_changed), unnest(v_texts)) u (
                    slot, run, status, attempt, worker, epoch, queue_deadline, started_at, deadline, ended_at, ended_place,
                    output, usage, error_code, error_message, abort_reason, was_active, streams, from_seq, streamed)
                where r.session = any (array[v.decided[u.slot]]) and r.run = u.run;
            end if;

            if cardinality(p_keys) > 0 then
                insert into sessions.keys (session, key, run, fingerprint, abort_reason)
                select v.decided[k.slot], k.key, k.run, k.fingerprint, k.abort_reason
                from unnest(p_keys) k
                where v.decided[k.slot] is not null
                on conflict (session, key) do update
                set run = excluded.run, fingerprint = excluded.fingerprint, abort_reason = excluded.abort_reason;
            end if;
        end if;
    end if;

    -- A writer that lost its connection takes the next generation before it looks: what comes late is refused here, whole.
    -- The streamed texts stand in the runs.
    update sessions.writers set batch = p_batch, at = v.at, outcome = v
    where writer = p_writer and generation = p_generation;
    if not found then
        raise exception 'generation % of writer % is over', p_generation, p_writer using errcode = 'SE001';
    end if;

    v.texts := v_texts;
    return v;
end $$;
