-- The two sides of the conversation, each by its own seq; only the texts of the page are read.
select m.run, m.from_user, m.text, m.status, m.at, m.seq
from sessions.sessions s
cross join lateral (
    (select r.run, true as from_user, r.input as text, r.status, r.queued_at as at, r.queued_seq as seq
     from sessions.runs r
     where r.session = s.id and r.queued_seq > greatest($3, s.generation_seq - 1) and r.generation = s.generation
     order by r.queued_seq limit $4)
    union all
    (select r.run, false, r.output, r.status, r.ended_at, r.ended_seq
     from sessions.runs r
     where r.session = s.id and r.ended_seq > greatest($3, s.generation_seq - 1) and r.ended_seq > 0
         and r.generation = s.generation and r.output is not null and (r.output <> '' or r.status = 2)
     order by r.ended_seq limit $4)) m
where s.tenant = $1 and s.session = $2
order by m.seq
limit $4
