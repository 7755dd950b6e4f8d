-- The longest waiting over all agents. Who asks gets them alone for a moment, so that no two start the same run; a decision
-- ends that. Rows that somebody is at work on are passed over: whoever decides about one wakes a worker afterwards.
update sessions.sessions s
set hinted_until = clock_timestamp() + interval '250 milliseconds'
from (
    select f.tenant, f.session, f.ready_at
    from unnest($2::text[]) a (agent)
    cross join lateral (
        select c.tenant, c.session, c.ready_at
        from sessions.sessions c
        where c.tenant = $1 and c.ready_agent = a.agent
            and (c.hinted_until is null or c.hinted_until < clock_timestamp())
        order by c.ready_at
        limit $3
        for update skip locked) f
    order by f.ready_at
    limit $3) d
where s.tenant = any (array[d.tenant]) and s.session = d.session
returning s.session, d.ready_at
