-- Pieces of logs, for any number of askers at once. Only the events that leave their run to the run's row need it: admission
-- and end.
select k.n, l.seq, l.version, l.at, l.kind, l.run, l.text, l.data, {run r}
from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[]) with ordinality k (tenant, session, after, most, n)
join sessions.sessions s on s.tenant = k.tenant and s.session = k.session
cross join lateral (
    select * from sessions.log where session = s.id and seq > k.after order by seq limit k.most) l
left join sessions.runs r on l.kind in (9, 12, 13, 14) and r.session = s.id and r.run = l.run
order by k.n, l.seq
