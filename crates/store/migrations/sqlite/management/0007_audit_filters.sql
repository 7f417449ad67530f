-- The audit log is asked by who did it, what was done, to what, and when.

create index audit_by_actor on audit (actor_id, number);
create index audit_by_action on audit (action, number);
create index audit_by_resource on audit (resource, number);
create index audit_by_time on audit (at);
