-- How traffic is shared among the keys of one provider. Null: nobody has said; see docs/providers.md.
alter table provider_configs add column weight bigint;
-- The base URL of the custom provider that the key was given for. Null: a provider of the table, whose URL only the operator can change.
alter table provider_configs add column given_for text;
update provider_configs
set given_for = (select base_url from custom_providers where 'custom-' || slug = provider_slug)
where provider_slug like 'custom-%';
