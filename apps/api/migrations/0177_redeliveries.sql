-- A delivery that only waits for its next try keeps its state: of those that are due, sums by state ask for none but what was
-- taken up again. So the blocks with a delivery still to come, which are everywhere, are no longer read at each look.
drop index delivery_changed;
create index delivery_changed on delivery using brin (created_at, finished_at)
  with (pages_per_range = 16, autosummarize = on);
create index delivery_again on delivery (due_at) where due_at is not null and trigger in ('manual', 'bulk');
