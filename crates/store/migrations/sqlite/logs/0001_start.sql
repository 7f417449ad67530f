-- One row a request. What is filtered or summed has a column of its own, the rest is in `detail`.
-- `created_at` is in Unix microseconds, `cost` in nano-dollars.

create table logs (
    id text primary key,
    gateway_id text not null,
    created_at integer not null,
    route_id text,
    route_name text,
    version_id text,
    token text,
    provider text not null,
    model text not null,
    status integer not null,
    success integer not null,
    cost integer,
    duration_ms integer not null,
    path text not null,
    metadata text,
    detail text not null
) strict, without rowid;
create index logs_by_age on logs (gateway_id, created_at, id);
