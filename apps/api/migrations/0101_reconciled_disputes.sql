-- A run of the reconciliation also looks through the provider's disputes.
alter table reconciliation_run drop constraint reconciliation_run_phase_check;
alter table reconciliation_run add constraint reconciliation_run_phase_check
  check (phase in ('events', 'refunds', 'disputes', 'payments', 'ours', 'close'));
