-- One replica migrates, the others wait for it. The number stands for this schema and nothing else.
select pg_advisory_lock(7310463895562301)
