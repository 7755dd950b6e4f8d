-- The two sides of the conversation, each by its own seq; only the texts of the page are read.
select m.run, m.from_user, m.text, m.status, m.at, m.seq
from sessions.sessions s
cross join lateral (
    (select r.run, true as from_user, r.input as text, case when r.run = s.active_run then 1 else r.status end as status, r.queued_at as at, r.queued_seq as seq
     from sessions.runs r
     where r.session = s.id and r.queued_seq > greatest($3, s.generation_seq - 1) and r.queued_seq > 0 and r.generation = s.generation
     order by r.queued_seq limit $4)
    union all
    (select r.run, false, r.output, r.status, r.ended_at, r.ended_seq
     from sessions.log l
     cross join lateral (
         select * from sessions.runs where session = l.session and run = l.run limit 1) r
     where l.session = s.id and l.kind in (12, 13, 14) and l.seq > greatest($3, s.generation_seq - 1)
         and r.generation = s.generation and r.output is not null and (r.output <> '' or r.status = 2)
     order by l.seq limit $4)) m
where s.tenant = $1 and s.session = $2
order by m.seq
limit $4
