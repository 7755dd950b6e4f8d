select c.at, c.found, c.version, c.holds, c.run_status, c.last_seq, c.landed, c.lease_expires_at, c.lease_beats, c.lease_batch, c.decided,
    c.has_output, c.texts
from sessions.commit_batch({parameters}) c
