select {active s}, s.epoch, s.has_output, {run r}
from sessions.sessions s
cross join lateral (
    select * from sessions.runs where session = s.id and run = $3 limit 1) r
where s.tenant = $1 and s.session = $2
