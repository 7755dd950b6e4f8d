select s.tenant, s.session, s.last_seq
from unnest($1::text[], $2::text[]) k (tenant, session)
join sessions.sessions s on s.tenant = k.tenant and s.session = k.session
