-- Which rules payments are routed by, and what was written in each version.
create constraint trigger audited after insert or delete or update on routing_policy
  deferrable initially deferred for each row
  execute function record_audit('routing', '{environment}', '{}', '{updated_by,updated_at}');

create constraint trigger audited after insert or delete or update on routing_version
  deferrable initially deferred for each row
  execute function record_audit('routing_version', '{version}', '{}', '{created_by,created_at}');
