/** What other parts of the repository may use of the CLI: the embedded PostgreSQL, for the test harness. */
export { freePort, isPortFree } from './postgres/free-port.ts'
export { type PostgresOptions, type RunningPostgres, startPostgres } from './postgres/start.ts'
