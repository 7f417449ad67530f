-- One row: how often kinds or texts were forgotten of which no log was left. Whoever writes logs looks whether what it remembers to be
-- stored may have gone.
create table log_sweeps (sweeps integer not null) strict;
insert into log_sweeps (sweeps) values (0);
