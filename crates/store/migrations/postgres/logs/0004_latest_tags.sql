-- The tags of the latest logs, in the order of logs. In the order of texts nearly every one of them would be another page to write; they
-- are moved there by the ten thousand.
create table log_tags_latest (
    n bigint not null,
    text bigint not null,
    primary key (n, text)
);
