-- Sessions of browsers that were logged out, until none that was renewed before that can be left. Sessions themselves are stored nowhere.

create table ended_sessions (
    id bytea primary key,
    expires_at bigint not null
);
create index ended_sessions_by_expiry on ended_sessions (expires_at);
