-- One row: how often kinds or texts were forgotten of which no log was left. Whoever writes logs looks whether what it remembers to be
-- stored may have gone, and shares the row's lock, so that none of it goes before the logs are there.
create table log_sweeps (sweeps bigint not null);
insert into log_sweeps (sweeps) values (0);
