-- Only the events that leave their run to the run's row need it: admission and end.
select l.seq, l.version, l.at, l.kind, l.run, l.text, l.data, {run r}
from sessions.sessions s
cross join lateral (
    select * from sessions.log where session = s.id and seq > $3 order by seq limit $4) l
left join sessions.runs r on l.kind in (9, 12, 13, 14) and r.session = s.id and r.run = l.run
where s.tenant = $1 and s.session = $2
order by l.seq
