import type { Command } from './command.ts'

/** `onerouter dev`: what `npm start` runs. */
export const dev: Command = {
  name: 'dev',
  summary: 'runs everything: PostgreSQL, the API, the provider sandbox, the dashboard',
  args: [],
  options: {},
  details: [
    'Ctrl-C stops all of it. Ports, data folder and database come from the environment or .env; .env.example lists every variable.',
  ],
  examples: [],
  run: ({ world }) => world.dev(),
}
