select pg_notify('sessions', payload) from unnest($1::text[]) payload
