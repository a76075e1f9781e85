-- Calls whose outcome is not known, by provider: when one of them can be settled, its provider answers again, and the
-- others need not wait for their own turn.
create index operation_waiting on operation (account_id, environment, provider, tries) where state = 'unknown';
