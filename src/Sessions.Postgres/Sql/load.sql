-- What deciding needs, for any number of askers at once: each session with the runs that it, the key or the asker names.
-- A session comes in as many rows as it has such runs, and at least once.
select k.n, clock_timestamp(), {session s}, y.key, y.run, y.fingerprint, y.abort_reason, {run r}
from unnest($1::text[], $2::text[], $3::text[], $4::text[]) with ordinality k (tenant, session, key, run, n)
left join sessions.sessions s on s.tenant = k.tenant and s.session = k.session
left join sessions.keys y on y.session = s.id and y.key = k.key
left join sessions.runs r on r.session = s.id and r.run = any (array[s.active_run, y.run, k.run] || s.queued_runs)
