-- Kinds beyond as many as a gateway may have: 1 and 2 leave models, content types and keys of metadata to their logs, in `log_own`; those of
-- 2 have keys, those of 1 have none.
alter table log_kinds add column loose bigint not null default 0;
