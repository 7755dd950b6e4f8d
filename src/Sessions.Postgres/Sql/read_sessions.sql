select s.session, {session s}
from unnest($2::text[]) k (session)
cross join lateral (
    select * from sessions.sessions where tenant = $1 and session = k.session limit 1) s
