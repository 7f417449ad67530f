-- The way a request went, and the token that asked.
--
-- `log_walks` has one row a way: the route (none on a direct call), its version, and `path`, a JSON array of [element, output]. Its ids are
-- hashes, as those of `log_kinds` and `log_tokens` (those of rows from before this migration: small numbers). A gateway that has very many
-- ways gets rows whose `path` is null: their logs have what they are found by in `log_own`, where `field` says what a value is.
-- `seen` is written by nodes of the release before, and read by nobody: it goes once they have gone.

alter table log_kinds alter column seen set default 0;
alter table log_texts alter column seen set default 0;

create table log_walks (
    id bigint primary key,
    gateway bigint not null,
    route_id text,
    route_name text,
    version_id text,
    path text
);

create table log_tokens (
    id bigint primary key,
    gateway bigint not null,
    value text collate "C" not null
);

create table log_own (
    n bigint not null,
    gateway bigint not null,
    field bigint not null,
    value text collate "C" not null
);
create index log_own_by_log on log_own (n);
create index log_own_by_value on log_own (gateway, field, substr(value, 1, 64));

-- A NUL, which may be in a model's name, cannot be read out of JSON here.
create table log_walked as
    select n, gateway, route_id, route_name, version_id, path,
        dense_rank() over (order by gateway, route_id, route_name, version_id, path) as walk,
        case when token is not null then dense_rank() over (order by gateway, token) end as token_id, token
    from (
        select detail.n, logs.gateway, route_id, route_name, version_id, detail.token,
            case when route_id is null then '[]' else coalesce((
                select json_agg(json_build_array(step.value ->> 'element', coalesce(step.value ->> 'outcome', '')) order by step.at)::text
                from json_array_elements(replace(detail.path, '\u0000', '\u0001')::json) with ordinality step (value, at)
            ), '[]') end as path
        from log_details detail join logs on logs.n = detail.n
    ) it;

insert into log_walks select distinct walk, gateway, route_id, route_name, version_id, path from log_walked;
insert into log_tokens select distinct token_id, gateway, token from log_walked where token is not null;

alter table logs add column walk bigint not null default 0;
alter table logs add column token bigint;
update logs set walk = it.walk, token = it.token_id from log_walked it where it.n = logs.n;
drop table log_walked;

create index log_walks_by_gateway on log_walks (gateway);
create index log_tokens_by_gateway on log_tokens (gateway);
create index logs_by_walk on logs (walk, n);
create index logs_by_token on logs (token, n) where token is not null;
