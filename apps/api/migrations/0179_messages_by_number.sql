-- "What did we send to this number": without reading all messages of the account.
create index sms_by_recipient on sms (account_id, environment, recipient, id);
