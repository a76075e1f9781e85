-- What is rare in long lists: found without reading what is common.

-- "What happened to this object at the provider." Without the id equal paths share one entry.
create index provider_call_by_path on provider_call (account_id, path text_pattern_ops);

-- The same as before, and methods: few requests delete anything.
drop index request_kinds;
create index request_kinds on request_log using brin (
  status int4_minmax_multi_ops,
  code text_bloom_ops (n_distinct_per_range = 32),
  key_id uuid_bloom_ops (n_distinct_per_range = 64),
  method text_bloom_ops (n_distinct_per_range = 8)
) with (pages_per_range = 8, autosummarize = on);

-- A webhook that goes well has no entry here. What is still to be done is found by when it is due.
create index delivery_undone on delivery (account_id, environment, state, id)
  where state in ('failed', 'held', 'canceled');
create index inbound_undone on inbound (account_id, environment, state, id)
  where state in ('ignored', 'quarantined');
create index inbound_kinds on inbound using brin (provider text_bloom_ops (n_distinct_per_range = 8))
  with (pages_per_range = 8, autosummarize = on);
