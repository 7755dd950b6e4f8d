select {active s}, s.epoch, s.has_output, {run r}
from sessions.sessions s
join sessions.runs r on r.session = s.id and r.queued_seq < $3
where s.tenant = $1 and s.session = $2
order by r.queued_seq desc
limit $4
