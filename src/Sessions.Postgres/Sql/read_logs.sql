-- Pieces of logs, for any number of askers at once. Only the events that leave their run to the run's row need it: admission
-- and end.
select k.n, l.seq, l.version, l.at, l.kind, l.run, l.text, l.data, {run r}
from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[]) with ordinality k (tenant, session, after, most, n)
cross join lateral (
    select id from sessions.sessions where tenant = k.tenant and session = k.session limit 1) s
cross join lateral (
    select * from sessions.log where session = s.id and seq > k.after order by seq limit k.most) l
left join lateral (
    select * from sessions.runs where l.kind in (9, 12, 13, 14) and session = s.id and run = l.run limit 1) r on true
order by k.n, l.seq
