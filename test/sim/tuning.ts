/**
 * How V8 is told to run histories: many short ones, each touching the whole engine a little. Its defaults wait with
 * their notes about functions and keep the young heap small for programs that must share a machine; here both cost
 * more than they save. To compile still sooner costs short runs more than it gives, and long ones gain nothing.
 */
export const FLAGS_FOR_HISTORIES = [
  '--no-lazy-feedback-allocation',
  '--invocation-count-for-maglev=200',
  // One process per core runs histories already: helpers of the collector only take turns with them.
  '--no-parallel-scavenge',
  '--min-semi-space-size=16',
  '--max-semi-space-size=16',
] as const
