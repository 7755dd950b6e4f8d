-- As list_sessions, where only sessions with a run are asked for: an index holds just those.
select s.session, s.changed_at, {session s}
from sessions.sessions s
where s.tenant = $1 and s.status in (1, 2) and (s.changed_at, s.session) < ($2, $3)
    and ($4::smallint is null or s.status = $4)
    and ($5::boolean is null or (s.status in (1, 2)) = $5)
    and ($6::text is null or s.agent = $6)
order by s.changed_at desc, s.session desc
limit $7
