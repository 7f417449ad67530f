-- Requests summed up by time and by what they have in common. `view` says what `key`, a JSON array, holds; `bucket` is a length of time
-- and `start` its beginning, in seconds; `cost` is in nano-dollars; `times` are two histograms of milliseconds.

create table log_rollups (
    gateway_id text not null,
    view integer not null,
    bucket integer not null,
    start integer not null,
    key text not null,
    requests integer not null,
    errors integer not null,
    cached integer not null,
    cost integer not null,
    unpriced integer not null,
    tokens_in integer not null,
    tokens_out integer not null,
    cache_read integer not null,
    cache_write integer not null,
    times blob not null,
    primary key (gateway_id, view, bucket, start, key)
) without rowid;
create index log_rollups_by_age on log_rollups (bucket, start);

-- What was added lately, so that it is not added again.
create table log_rollup_tallies (
    id text primary key,
    added_at integer not null
) without rowid;

-- One row: the writers of all nodes wait for each other at it.
create table log_rollup_turns (turn integer not null);
insert into log_rollup_turns (turn) values (0);
