select coalesce(max(number), 0) from sessions.migrations
