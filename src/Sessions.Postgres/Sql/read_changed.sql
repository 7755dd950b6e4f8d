select null::text, clock_timestamp()
union all
select s.session, null
from unnest(array[false, true]) d (deleted)
cross join unnest('{0,1,2,3,4}'::smallint[]) p (status)
join sessions.sessions s on s.tenant = $1 and s.deleted = d.deleted and s.status = p.status and s.changed_at >= $2
