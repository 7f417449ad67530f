-- Where a gateway's spans go: a sealed JSON list, since its headers may hold keys.

alter table gateways add column collectors bytea;
