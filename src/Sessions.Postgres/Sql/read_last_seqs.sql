select k.tenant, k.session, s.last_seq
from unnest($1::text[], $2::text[]) k (tenant, session)
cross join lateral (
    select last_seq from sessions.sessions where tenant = k.tenant and session = k.session limit 1) s
