-- Times are Unix microseconds. Ids are UUIDv7 text, except a gateway's, which its owner chose.

create table facts (
    name text primary key,
    value blob not null
) strict;

create table revision (
    id integer primary key check (id = 1),
    value integer not null
) strict;
insert into revision (id, value) values (1, 0);

create table gateways (
    id text primary key,
    authentication integer not null,
    collect_logs integer not null,
    settings text not null,
    is_default integer not null,
    created_at integer not null,
    modified_at integer not null
) strict;

-- `modified_at` grows with every change of name, versions or deployment: the ETag is made of it.
create table routes (
    id text primary key,
    gateway_id text not null references gateways (id) on delete cascade,
    name text not null,
    deployment_id text references deployments (id) deferrable initially deferred,
    latest_valid_id text references versions (id) deferrable initially deferred,
    created_at integer not null,
    modified_at integer not null,
    unique (gateway_id, name)
) strict;
create index routes_by_age on routes (gateway_id, created_at, id);
create index routes_by_deployment on routes (deployment_id);
create index routes_by_latest_valid on routes (latest_valid_id);

create table versions (
    id text primary key,
    route_id text not null references routes (id) on delete cascade,
    number integer not null,
    elements text not null,
    is_valid integer not null,
    problems text not null,
    created_at integer not null,
    created_by text not null,
    comment text,
    unique (route_id, number)
) strict;

create table deployments (
    id text primary key,
    route_id text not null references routes (id) on delete cascade,
    number integer not null,
    version_id text not null references versions (id) on delete cascade,
    created_at integer not null,
    created_by text not null,
    comment text,
    unique (route_id, number)
) strict;
create index deployments_by_version on deployments (version_id);

create table drafts (
    route_id text primary key references routes (id) on delete cascade,
    elements text not null,
    modified_at integer not null,
    modified_by text not null
) strict;

create table provider_configs (
    id text primary key,
    gateway_id text not null references gateways (id) on delete cascade,
    provider_slug text not null,
    alias text not null,
    default_config integer not null,
    secret blob not null,
    secret_preview text not null,
    rate_limit integer,
    rate_limit_period integer not null,
    created_at integer not null,
    modified_at integer not null,
    unique (gateway_id, provider_slug, alias)
) strict;
create unique index one_default_config on provider_configs (gateway_id, provider_slug) where default_config = 1;

create table custom_providers (
    id text primary key,
    name text not null,
    slug text not null unique,
    base_url text not null,
    enable integer not null,
    headers blob,
    rest text not null,
    created_at integer not null,
    modified_at integer not null
) strict;

create table tokens (
    id text primary key,
    name text not null,
    digest blob not null unique,
    prefix text not null,
    permissions text not null,
    expires_at integer,
    gateways text,
    routes text,
    metadata text not null,
    created_at integer not null,
    created_by text not null
) strict;

create table prices (
    gateway_id text not null references gateways (id) on delete cascade,
    provider text not null,
    model text not null,
    price text not null,
    primary key (gateway_id, provider, model)
) strict;

create table audit (
    number integer primary key autoincrement,
    id text not null unique,
    at integer not null,
    actor_id text not null,
    actor_name text not null,
    action text not null,
    gateway_id text,
    resource text not null,
    detail text not null
) strict;
create index audit_by_gateway on audit (gateway_id, number);

create trigger audit_is_never_changed before update on audit
begin select raise(abort, 'the audit log is append-only'); end;
create trigger audit_is_never_deleted before delete on audit
begin select raise(abort, 'the audit log is append-only'); end;

-- Versions and deployments go only together with their route.
create trigger versions_are_never_changed before update on versions
begin select raise(abort, 'versions are immutable'); end;
create trigger versions_are_never_deleted before delete on versions
when exists (select 1 from routes where id = old.route_id)
begin select raise(abort, 'versions are immutable'); end;
create trigger deployments_are_never_changed before update on deployments
begin select raise(abort, 'deployments are immutable'); end;
create trigger deployments_are_never_deleted before delete on deployments
when exists (select 1 from routes where id = old.route_id)
begin select raise(abort, 'deployments are immutable'); end;
