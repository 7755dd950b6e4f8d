delete from sessions.writers where writer = $1
