-- Where a customer is, so that routing rules and numbers by country hold for payments that name one.
alter table customer add column country text check (country ~ '^[A-Z]{2}$');
alter table customer add constraint deleted_has_no_country check (deleted_at is null or country is null);
-- A version that does not know the column yet deletes customers all the same.
create function forget_country() returns trigger language plpgsql as $$
begin
  new.country := null;
  return new;
end $$;
create trigger forget_country before update of deleted_at on customer for each row
  when (new.deleted_at is not null and new.country is not null) execute function forget_country();
