-- What limits have counted, kept for when the place where they are counted is empty. `key` and `state` are the limits' own bytes.

create table limit_totals (
    key bytea primary key,
    state bytea not null,
    expires_at bigint not null
);
create index limit_totals_by_expiry on limit_totals (expires_at);
