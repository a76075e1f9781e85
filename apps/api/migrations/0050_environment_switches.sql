-- A switch is an event like any other: numbered per service, and about something that has an id.
alter table service
  add column event_subject uuid not null default gen_random_uuid(),
  add column switches integer not null default 0 check (switches >= 0);
