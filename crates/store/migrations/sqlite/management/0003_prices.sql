-- Prices of the whole account, what was ever set, costs of custom providers, and price lists that an operator imported. `version` is
-- the id in `price_history` of the write that set a price; a price of before has none. In `price_history`, no `gateway_id` is the
-- account, and no `price` a price that was taken back.

alter table prices add column version text not null default '';
alter table prices add column effective_from integer not null default 0;

create table account_prices (
    provider text not null,
    model text not null,
    price text not null,
    version text not null,
    effective_from integer not null,
    primary key (provider, model)
) strict;

create table price_history (
    id text primary key,
    gateway_id text,
    provider text not null,
    model text not null,
    price text,
    effective_from integer not null,
    set_by text not null
) strict;
create index price_history_by_age on price_history (effective_from, id);

create table custom_provider_costs (
    id text primary key,
    provider_id text not null references custom_providers (id) on delete cascade,
    model text not null,
    model_rule text not null,
    pricing text not null,
    enable integer not null,
    created_at integer not null,
    modified_at integer not null
) strict;
create index custom_provider_costs_by_provider on custom_provider_costs (provider_id, created_at);

create table price_lists (
    id text primary key,
    version text not null,
    body text not null,
    created_at integer not null,
    created_by text not null
) strict;
