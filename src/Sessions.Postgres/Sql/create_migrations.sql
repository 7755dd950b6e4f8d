create schema if not exists sessions;

create table sessions.migrations (
    number integer not null constraint migrations_key primary key,
    name text not null,
    at timestamptz not null default clock_timestamp()
);
