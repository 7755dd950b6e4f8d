-- Of replicas that are gone. One that is not, and has only been silent for so long, opens its writer anew.
delete from sessions.writers where at < clock_timestamp() - interval '1 day'
