select to_regclass('sessions.migrations') is not null
