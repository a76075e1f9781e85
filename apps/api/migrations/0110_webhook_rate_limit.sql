-- Requests begun at an endpoint per second; null = as fast as max_in_flight lets them. Such endpoints wait in the
-- slow lane, whose turn is by endpoint: a queue that may not leave must not stand before others'.
alter table webhook_endpoint add column rate_limit_per_second integer check (rate_limit_per_second between 1 and 100);
