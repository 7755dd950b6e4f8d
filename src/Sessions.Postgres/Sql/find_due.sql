-- Looks at what might be due and says what is. Each is put off at once: what is due by half a second, so that the other
-- replicas leave it to this one; a lease that was extended, until it expires. Rows that somebody is at work on are passed
-- over.
update sessions.sessions s
set due_at = case when d.is_due then clock_timestamp() + interval '500 milliseconds' else d.next end
from (
    select f.tenant, f.session, f.next, f.next <= clock_timestamp() as is_due
    from (
        select c.tenant, c.session, least(c.lease_expires_at, c.deadline, c.queue_due_at) as next
        from sessions.sessions c
        where c.due_at <= clock_timestamp()
        order by c.due_at
        limit $1
        for update skip locked) f) d
where s.tenant = any (array[d.tenant]) and s.session = d.session
returning d.tenant, d.session, d.is_due
