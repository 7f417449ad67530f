-- Requests summed up by time and by what they have in common. `view` says what `key`, a JSON array, holds; `bucket` is a length of time
-- and `start` its beginning, in seconds; `cost` is in nano-dollars; `times` are two histograms of milliseconds.

create table log_rollups (
    gateway_id text collate "C" not null,
    view bigint not null,
    bucket bigint not null,
    start bigint not null,
    key text collate "C" not null,
    requests bigint not null,
    errors bigint not null,
    cached bigint not null,
    cost bigint not null,
    unpriced bigint not null,
    tokens_in bigint not null,
    tokens_out bigint not null,
    cache_read bigint not null,
    cache_write bigint not null,
    times bytea not null,
    primary key (gateway_id, view, bucket, start, key)
);
create index log_rollups_by_age on log_rollups (bucket, start);

-- What was added lately, so that it is not added again.
create table log_rollup_tallies (
    id text collate "C" primary key,
    added_at bigint not null
);

-- One row: the writers of all nodes wait for each other at it.
create table log_rollup_turns (turn bigint not null);
insert into log_rollup_turns (turn) values (0);
