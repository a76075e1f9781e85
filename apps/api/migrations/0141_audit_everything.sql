-- Where providers send to. Whoever knows the token can send there; what counts is signed.
create constraint trigger audited after insert or delete or update on webhook_address
  deferrable initially deferred for each row
  execute function record_audit('webhook_address', '{service}', '{token}', '{}');
