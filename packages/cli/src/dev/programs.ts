/** The programs of a run: which there are, how each is started, what it is told. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ChildSpec } from './child.ts'
import type { DevKeys } from './keys.ts'
import type { DevSettings } from './settings.ts'

type Env = Readonly<Record<string, string | undefined>>

/** What every program's environment is built from. */
export type Surroundings = { root: string; env: Env; settings: DevSettings }

export function sandboxProgram({ root, env, settings }: Surroundings): ChildSpec {
  return {
    name: 'sandbox',
    title: 'The provider sandbox',
    script: join(root, 'packages/sandbox/src/main.ts'),
    cwd: root,
    readyWithinMs: 30_000,
    portVariable: 'SANDBOX_PORT',
    env: {
      // The sandbox plays outside companies: it gets neither the database nor the keys.
      ...without(env, ['DATABASE_URL', 'ENCRYPTION_KEY', 'SECRET_KEY', 'REDIS_URL']),
      SANDBOX_PORT: String(settings.sandboxPort),
      SANDBOX_STATE_FILE: env.SANDBOX_STATE_FILE ?? join(settings.dataDir, 'sandbox.json'),
    },
  }
}

/** What the API cannot start without, and what takes a moment to be there. */
export type ApiNeeds = { databaseUrl: string; keys: DevKeys | undefined }

/** It loads while what it needs is got ready, and starts once that is there. */
export function apiProgram({ root, env, settings }: Surroundings, needs: Promise<ApiNeeds>): ChildSpec {
  return {
    name: 'api',
    title: 'The API',
    script: join(root, 'apps/api/src/main.ts'),
    cwd: root,
    readyWithinMs: 60_000,
    portVariable: 'API_PORT',
    restOfEnv: needs.then(({ databaseUrl, keys }) => ({
      DATABASE_URL: databaseUrl,
      ...(keys === undefined
        ? {}
        : {
            SECRET_KEY: env.SECRET_KEY || keys.secretKey,
            ENCRYPTION_KEY: env.ENCRYPTION_KEY || keys.encryptionKey,
          }),
    })),
    env: {
      ...env,
      ONEROUTER_DATA_DIR: settings.dataDir,
      ...(settings.sandbox
        ? {
            ONEROUTER_SANDBOX: '1',
            SANDBOX_URL: env.SANDBOX_URL ?? sandboxUrl(settings),
            ...(settings.production ? {} : { ONEROUTER_DEMO: env.ONEROUTER_DEMO ?? '1' }),
          }
        : { ONEROUTER_SANDBOX: '0' }),
    },
  }
}

/** `undefined` in a copy of OneRouter without the dashboard. */
export function dashboardProgram({ root, env, settings }: Surroundings): ChildSpec | undefined {
  const script = join(root, 'apps/dashboard/src/main.ts')
  if (!existsSync(script)) return undefined
  return {
    name: 'dashboard',
    title: 'The dashboard',
    script,
    cwd: join(root, 'apps/dashboard'),
    // A first start may have to prepare its pages.
    readyWithinMs: 180_000,
    portVariable: 'DASHBOARD_PORT',
    env: {
      ...without(env, ['DATABASE_URL', 'ENCRYPTION_KEY', 'SECRET_KEY', 'REDIS_URL']),
      DASHBOARD_PORT: String(settings.dashboardPort),
      API_PORT: String(settings.apiPort),
      NEXT_PUBLIC_API_URL: env.NEXT_PUBLIC_API_URL ?? apiUrl(settings),
    },
  }
}

export const apiUrl = (settings: DevSettings): string => `http://localhost:${settings.apiPort}`
export const sandboxUrl = (settings: DevSettings): string => `http://127.0.0.1:${settings.sandboxPort}`
export const dashboardUrl = (settings: DevSettings): string => `http://localhost:${settings.dashboardPort}`

function without(env: Env, names: readonly string[]): Env {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)))
}
