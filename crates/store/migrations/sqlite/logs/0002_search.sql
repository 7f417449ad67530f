-- A narrow row a request for what is filtered and ordered by, and beside it what is only shown; payloads are a table of their own.
--
-- `n` is the time of creation in Unix milliseconds, shifted by 21 bits, and a number that tells requests of one millisecond apart: a range of
-- time is a range of `n`, and every index ends with it. A `kind` is what many requests have in common; its ids, and those of `log_texts`, are
-- hashes of what they stand for (those of rows from before this migration: small numbers). `…_step` is the order of magnitude of a number,
-- 16 × its hexadecimal digits + the first of them: an index that begins with it grows at few places, so that a row costs little, whatever is
-- in it. `seen` is the last day of use, in days since 1970. Costs are in nano-dollars.

alter table logs rename to logs_before;
drop index logs_by_age;

create table log_gateways (
    number integer primary key autoincrement,
    name text not null unique,
    logs integer not null
) strict;

create table log_kinds (
    id integer primary key,
    gateway integer not null,
    provider text not null,
    model text not null,
    request_type text not null,
    request_content_type text not null,
    response_content_type text not null,
    success integer not null,
    cached integer not null,
    authentication integer not null,
    compat integer not null,
    metadata_keys text not null,
    seen integer not null
) strict;
create index log_kinds_by_gateway on log_kinds (gateway);

create table logs (
    n integer primary key,
    id text not null unique,
    gateway integer not null,
    kind integer not null,
    agent integer,
    event_id text,
    feedback integer,
    score integer,
    cost integer,
    cost_step integer,
    tokens integer,
    tokens_step integer,
    tokens_in integer,
    tokens_in_step integer,
    tokens_out integer,
    tokens_out_step integer,
    duration_ms integer not null,
    duration_step integer not null
) strict;

create table log_details (
    n integer primary key,
    route_id text,
    route_name text,
    version_id text,
    token text,
    status integer not null,
    path text not null,
    metadata text,
    decision text,
    detail text not null
) strict;

create table log_payloads (
    n integer primary key,
    request blob not null,
    request_complete integer not null,
    response blob not null,
    response_complete integer not null
) strict;

-- Values of metadata, each with its key, and user agents, whose key is null.
create table log_texts (
    id integer primary key,
    gateway integer not null,
    key text,
    value text not null,
    seen integer not null
) strict;
create index log_texts_by_value on log_texts (gateway, substr(value, 1, 64));

create table log_tags (
    n integer not null,
    text integer not null,
    primary key (text, n)
) strict, without rowid;
create index log_tags_by_log on log_tags (n);

insert into log_gateways (name, logs) select gateway_id, count(*) from logs_before group by gateway_id;

create table log_moved as
    select (before.created_at / 1000 << 21) + row_number() over (partition by before.created_at / 1000 order by before.id) - 1 as n,
        gateways.number as gateway, before.created_at / 86400000000 as day,
        coalesce((select json_group_array(key) from (select key from json_each(before.metadata) order by key)), '[]') as metadata_keys,
        case when json_extract(detail, '$.usage') is not null then
            coalesce(json_extract(detail, '$.usage.input'), 0)
            + coalesce(json_extract(detail, '$.usage.cache_read'), 0)
            + coalesce(json_extract(detail, '$.usage.cache_write'), 0)
            + coalesce(json_extract(detail, '$.usage.cache_write_1h'), 0)
            + coalesce(json_extract(detail, '$.usage.audio_input'), 0)
            + coalesce(json_extract(detail, '$.usage.image_input'), 0)
        end as tokens_in,
        case when json_extract(detail, '$.usage') is not null then
            coalesce(json_extract(detail, '$.usage.output'), 0)
            + coalesce(json_extract(detail, '$.usage.reasoning'), 0)
            + coalesce(json_extract(detail, '$.usage.audio_output'), 0)
            + coalesce(json_extract(detail, '$.usage.image_output'), 0)
        end as tokens_out,
        case when json_extract(detail, '$.streamed') then 'text/event-stream' else 'application/json' end as response_content_type,
        json_extract(detail, '$.user_agent') as user_agent,
        before.*
    from logs_before before join log_gateways gateways on gateways.name = before.gateway_id;

insert into log_kinds
    select row_number() over (), gateway, provider, model, 'chat', 'application/json', response_content_type, success, 0,
        token is not null, 1, metadata_keys, max(day)
    from log_moved group by gateway, provider, model, response_content_type, success, token is not null, metadata_keys;

insert into log_texts
    select row_number() over (), gateway, key, value, max(day) from (
        select gateway, null as key, user_agent as value, day from log_moved where user_agent is not null
        union all
        select gateway, pair.key, case pair.type when 'true' then 'true' when 'false' then 'false' else cast(pair.atom as text) end, day
        from log_moved, json_each(log_moved.metadata) pair where pair.atom is not null
    ) group by gateway, key, value;

insert into logs
    select it.n, it.id, it.gateway, kind.id,
        (select id from log_texts where gateway = it.gateway and key is null and substr(value, 1, 64) = substr(it.user_agent, 1, 64) and value = it.user_agent),
        null, null, null,
        cost, length(printf('%x', cost)) * 16 + instr('123456789abcdef', substr(printf('%x', cost), 1, 1)),
        tokens_in + tokens_out, length(printf('%x', tokens_in + tokens_out)) * 16 + instr('123456789abcdef', substr(printf('%x', tokens_in + tokens_out), 1, 1)),
        tokens_in, length(printf('%x', tokens_in)) * 16 + instr('123456789abcdef', substr(printf('%x', tokens_in), 1, 1)),
        tokens_out, length(printf('%x', tokens_out)) * 16 + instr('123456789abcdef', substr(printf('%x', tokens_out), 1, 1)),
        duration_ms, length(printf('%x', duration_ms)) * 16 + instr('123456789abcdef', substr(printf('%x', duration_ms), 1, 1))
    from log_moved it join log_kinds kind
        on kind.gateway = it.gateway and kind.provider = it.provider and kind.model = it.model and kind.success = it.success
        and kind.response_content_type = it.response_content_type and kind.authentication = (it.token is not null) and kind.metadata_keys = it.metadata_keys;
update logs set cost_step = null where cost is null;
update logs set tokens_step = null, tokens_in_step = null, tokens_out_step = null where tokens is null;

insert into log_tags (n, text)
    select distinct it.n, text.id from log_moved it, json_each(it.metadata) pair join log_texts text
        on text.gateway = it.gateway and text.key = pair.key and substr(text.value, 1, 64) = substr(
            case pair.type when 'true' then 'true' when 'false' then 'false' else cast(pair.atom as text) end, 1, 64)
        and text.value = case pair.type when 'true' then 'true' when 'false' then 'false' else cast(pair.atom as text) end
    where pair.atom is not null;

insert into log_details
    select n, route_id, route_name, version_id, token, status, path, metadata, null, detail from log_moved;

drop table log_moved;
drop table logs_before;

create index logs_by_gateway on logs (gateway);
create index logs_by_kind on logs (kind);
create index logs_by_agent on logs (agent) where agent is not null;
create index logs_by_event on logs (gateway, event_id) where event_id is not null;
create index logs_by_feedback on logs (gateway, feedback) where feedback is not null;
create index logs_by_cost on logs (gateway, cost_step, n, cost) where cost_step is not null;
create index logs_by_tokens on logs (gateway, tokens_step, n, tokens) where tokens_step is not null;
create index logs_by_tokens_in on logs (gateway, tokens_in_step, n, tokens_in) where tokens_in_step is not null;
create index logs_by_tokens_out on logs (gateway, tokens_out_step, n, tokens_out) where tokens_out_step is not null;
create index logs_by_duration on logs (gateway, duration_step, n, duration_ms);
