-- What deciding needs, for any number of askers at once: each session with the runs that it, the key or the asker names.
-- A session comes in as many rows as it has such runs, and at least once.
select k.n, clock_timestamp(), {session s}, y.key, y.run, y.fingerprint, y.abort_reason, {run r}
from unnest($1::text[], $2::text[], $3::text[], $4::text[]) with ordinality k (tenant, session, key, run, n)
left join lateral (
    select * from sessions.sessions where tenant = k.tenant and session = k.session limit 1) s on true
left join lateral (
    select * from sessions.keys where session = s.id and key = k.key limit 1) y on true
left join lateral (
    select one.*
    from (select distinct run from unnest(array[s.active_run, y.run, k.run] || s.queued_runs) named (run)) named
    cross join lateral (
        select * from sessions.runs where session = s.id and run = named.run limit 1) one) r on true
