-- Who changed what of an account's configuration. The database writes it by itself, in the transaction of the
-- change, so that no route can forget to; routes only say who acts (app.actor). Each entry's hash covers the entry
-- before it: one that was changed, removed or slipped in breaks the account's chain for all to see.
create table audit (
  account_id uuid not null references account (id),
  seq bigint not null check (seq > 0),
  id uuid not null,
  -- Null: what spans both environments.
  environment text check (environment in ('test', 'live')),
  actor_kind text not null check (actor_kind in ('key', 'person', 'system')),
  actor_id uuid,
  request_id text,
  action text not null check (action in ('created', 'updated', 'deleted')),
  subject_kind text not null,
  subject text not null,
  -- What differs, without secrets; null where there was or is nothing.
  before jsonb,
  after jsonb,
  created_at timestamptz not null,
  prev_hash bytea not null,
  hash bytea not null,
  primary key (account_id, seq)
);
create unique index audit_by_id on audit (account_id, id);

create function audit_hash(entry audit) returns bytea language sql immutable as $$
  select sha256(entry.prev_hash || convert_to(jsonb_build_array(entry.account_id, entry.seq, entry.id,
    entry.environment, entry.actor_kind, entry.actor_id, entry.request_id, entry.action, entry.subject_kind,
    entry.subject, entry.before, entry.after, extract(epoch from entry.created_at)::numeric)::text, 'UTF8'))
$$;

-- Members of both sides that are the same on both go; what is secret shows only that it is there.
create function audit_side(side jsonb, other jsonb, secret text[]) returns jsonb language sql immutable as $$
  select jsonb_object_agg(f.key, case when f.key = any (secret) and f.value <> 'null' then '"[redacted]"' else f.value end)
  from jsonb_each(side) f where other is null or f.value is distinct from other -> f.key
$$;

-- Arguments: kind of the subject, columns that name it, secret columns, columns that are no configuration.
create function record_audit() returns trigger language plpgsql as $$
declare
  named text[] := tg_argv[1]::text[];
  secret text[] := tg_argv[2]::text[];
  ignored text[] := tg_argv[3]::text[] || 'account_id'::text;
  was jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
  becomes jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
  facts jsonb := coalesce(becomes, was);
  who text[] := string_to_array(coalesce(current_setting('app.actor', true), ''), ':');
  entry audit;
  last audit;
begin
  if was - ignored is not distinct from becomes - ignored then
    return null;
  end if;
  entry.account_id := (facts ->> 'account_id')::uuid;
  -- One writer per account. Deferred to the commit, so that nobody waits for a row while holding this.
  perform pg_advisory_xact_lock(hashtextextended('audit ' || entry.account_id, 0));
  select * into last from audit a where a.account_id = entry.account_id order by a.seq desc limit 1;
  entry.seq := coalesce(last.seq, 0) + 1;
  entry.id := uuid_by_time();
  entry.environment := facts ->> 'environment';
  entry.actor_kind := case when who[1] in ('key', 'person') then who[1] else 'system' end;
  entry.actor_id := case when entry.actor_kind <> 'system' then who[2]::uuid end;
  entry.request_id := case when entry.actor_kind <> 'system' then nullif(who[3], '') end;
  entry.action := case tg_op when 'INSERT' then 'created' when 'DELETE' then 'deleted' else 'updated' end;
  entry.subject_kind := tg_argv[0];
  entry.subject := (select string_agg(facts ->> n.name, '/' order by n.place)
    from unnest(named) with ordinality n (name, place));
  entry.before := audit_side(was - ignored, becomes, secret);
  entry.after := audit_side(becomes - ignored, was, secret);
  entry.created_at := clock_timestamp();
  entry.prev_hash := coalesce(last.hash, '\x'::bytea);
  entry.hash := audit_hash(entry);
  insert into audit select entry.*;
  return null;
end $$;

create function audit_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'the audit log is append-only' using errcode = 'OR002';
end $$;
create trigger append_only before update or delete on audit for each row execute function audit_is_append_only();
create trigger append_only_truncate before truncate on audit execute function audit_is_append_only();

alter table audit enable row level security;
alter table audit force row level security;
create policy own_rows on audit using (may_touch(account_id)) with check (may_touch(account_id));

create constraint trigger audited after insert or delete or update of
    name, scopes, services, rate_limit_per_minute, rate_limit_per_day, ip_allowlist, expires_at, revoked_at
  on api_key deferrable initially deferred for each row
  execute function record_audit('api_key', '{id}', '{key_hash}', '{last_used_at}');

create constraint trigger audited after insert or delete or update on credential
  deferrable initially deferred for each row
  execute function record_audit('credential', '{service,environment,version}', '{sealed}', '{}');

create constraint trigger audited after insert or delete or update of active_environment on service
  deferrable initially deferred for each row
  execute function record_audit('service', '{service}', '{}', '{event_subject,switches,updated_at}');

create constraint trigger audited after insert or delete or update of
    url, description, events, sign_v1a, ordered, max_in_flight, state, disabled_reason
  on webhook_endpoint deferrable initially deferred for each row
  execute function record_audit('webhook_endpoint', '{id}', '{}',
    '{lane,failures,failing_since,failing_days,failed_on,updated_at,disabled_at}');

create constraint trigger audited after insert or delete or update of sealed, expires_at on webhook_secret
  deferrable initially deferred for each row
  execute function record_audit('webhook_secret', '{endpoint_id,id}', '{sealed,public_key}', '{}');

create constraint trigger audited after insert or delete or update of state, domain on domain_verification
  deferrable initially deferred for each row
  execute function record_audit('domain', '{id}', '{}', '{tries,misses,checked_at,due_at,expires_at}');

create constraint trigger audited after insert or delete or update on disabled_payment_method
  deferrable initially deferred for each row
  execute function record_audit('disabled_payment_method', '{service,method}', '{}', '{}');

create constraint trigger audited after insert or delete or update on membership
  deferrable initially deferred for each row
  execute function record_audit('membership', '{person_id}', '{}', '{}');
