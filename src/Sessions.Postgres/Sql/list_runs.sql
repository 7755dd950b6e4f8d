select {active s}, s.epoch, s.has_output, {run r}
from sessions.sessions s
cross join lateral (
    select * from sessions.runs where session = s.id and queued_seq < $3 and queued_seq > 0 order by queued_seq desc limit $4) r
where s.tenant = $1 and s.session = $2
order by r.queued_seq desc
