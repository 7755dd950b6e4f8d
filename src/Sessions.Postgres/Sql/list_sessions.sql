-- Newest change first: the newest of each status, merged.
select s.session, s.changed_at, {session s}
from unnest($4::smallint[]) p (status)
cross join lateral (
    select *
    from sessions.sessions
    where tenant = $1 and deleted = false and status = p.status and (changed_at, session) < ($2, $3)
        and ($5::text is null or agent = $5)
    order by changed_at desc, session desc
    limit $6) s
order by s.changed_at desc, s.session desc
limit $6
