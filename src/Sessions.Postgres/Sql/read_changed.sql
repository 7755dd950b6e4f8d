select null::text, clock_timestamp()
union all
select s.session, null from sessions.sessions s where s.tenant = $1 and not s.deleted and s.changed_at >= $2
union all
select s.session, null from sessions.sessions s where s.tenant = $1 and s.deleted and s.changed_at >= $2
