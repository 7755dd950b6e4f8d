insert into sessions.migrations (number, name) values ($1, $2)
