-- What limits have counted, kept for when the place where they are counted is empty. `key` and `state` are the limits' own bytes.

create table limit_totals (
    key blob primary key,
    state blob not null,
    expires_at integer not null
) strict, without rowid;
create index limit_totals_by_expiry on limit_totals (expires_at);
