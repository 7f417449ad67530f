-- One row a request. What is filtered or summed has a column of its own, the rest is in `detail`.
-- `created_at` is in Unix microseconds, `cost` in nano-dollars.

create table logs (
    id text collate "C" primary key,
    gateway_id text collate "C" not null,
    created_at bigint not null,
    route_id text,
    route_name text,
    version_id text,
    token text,
    provider text not null,
    model text not null,
    status bigint not null,
    success boolean not null,
    cost bigint,
    duration_ms bigint not null,
    path text not null,
    metadata text,
    detail text not null
);
create index logs_by_age on logs (gateway_id, created_at, id);
