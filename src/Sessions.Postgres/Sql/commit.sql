select c.at, c.version, c.holds, c.run_status, c.last_seq, c.landed, c.lease_expires_at, c.lease_beats, c.lease_batch,
    c.decided, c.decided_behind, c.had_output, c.kept_expires_at, c.kept_beats, c.kept_batch, c.texts
from sessions.commit_batch({parameters}) c
