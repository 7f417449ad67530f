-- The way a request went, and the token that asked.
--
-- `log_walks` has one row a way: the route (none on a direct call), its version, and `path`, a JSON array of [element, output]. Its ids are
-- hashes, as those of `log_kinds` and `log_tokens` (those of rows from before this migration: small numbers). A gateway that has very many
-- ways gets rows whose `path` is null: their logs have what they are found by in `log_own`, where `field` says what a value is.
-- `seen` is written by PostgreSQL's nodes of the release before, and read by nobody: it goes once they have gone.

alter table log_kinds drop column seen;
alter table log_kinds add column seen integer not null default 0;
alter table log_texts drop column seen;
alter table log_texts add column seen integer not null default 0;

create table log_walks (
    id integer primary key,
    gateway integer not null,
    route_id text,
    route_name text,
    version_id text,
    path text
) strict;

create table log_tokens (
    id integer primary key,
    gateway integer not null,
    value text not null
) strict;

create table log_own (
    n integer not null,
    gateway integer not null,
    field integer not null,
    value text not null
) strict;
create index log_own_by_log on log_own (n);
create index log_own_by_value on log_own (gateway, field, substr(value, 1, 64));

create table log_walked as
    select n, gateway, route_id, route_name, version_id, path,
        dense_rank() over (order by gateway, route_id, route_name, version_id, path) as walk,
        case when token is not null then dense_rank() over (order by gateway, token) end as token_id, token
    from (
        select detail.n, logs.gateway, route_id, route_name, version_id, detail.token,
            case when route_id is null then '[]' else (
                select json_group_array(json(pair)) from (
                    select json_array(step.value ->> 'element', coalesce(step.value ->> 'outcome', '')) as pair
                    from json_each(detail.path) step order by step.key
                )
            ) end as path
        from log_details detail join logs on logs.n = detail.n
    ) it;

insert into log_walks select distinct walk, gateway, route_id, route_name, version_id, path from log_walked;
insert into log_tokens select distinct token_id, gateway, token from log_walked where token is not null;

alter table logs add column walk integer not null default 0;
alter table logs add column token integer;
update logs set walk = it.walk, token = it.token_id from log_walked it where it.n = logs.n;
drop table log_walked;

create index log_walks_by_gateway on log_walks (gateway);
create index log_tokens_by_gateway on log_tokens (gateway);
create index logs_by_walk on logs (walk);
create index logs_by_token on logs (token) where token is not null;
