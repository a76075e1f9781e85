-- The sum of what fits a bigint, refused where it does not: sum(bigint) answers a numeric, which a page of sums makes thousands of.
create aggregate total(bigint) (
  sfunc = int8pl, stype = bigint, initcond = '0', combinefunc = int8pl, parallel = safe
);
