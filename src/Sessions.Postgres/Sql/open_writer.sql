-- Waits for a commit of this writer that is about to end, and shuts out every other: after that, the batch that stands here is
-- the last one that was committed.
insert into sessions.writers as w (writer, generation, batch, at) values ($1, 1, 0, clock_timestamp())
on conflict (writer) do update set generation = w.generation + 1, at = clock_timestamp()
returning w.generation, w.batch,
    (w.outcome).at, (w.outcome).version, (w.outcome).holds, (w.outcome).run_status, (w.outcome).last_seq, (w.outcome).landed,
    (w.outcome).lease_expires_at, (w.outcome).lease_beats, (w.outcome).lease_batch,
    (w.outcome).decided, (w.outcome).decided_behind, (w.outcome).had_output,
    (w.outcome).kept_expires_at, (w.outcome).kept_beats, (w.outcome).kept_batch, (w.outcome).texts
