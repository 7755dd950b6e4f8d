select s.session, {session s}
from sessions.sessions s
where s.tenant = $1 and s.session = any ($2)
