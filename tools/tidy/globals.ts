/** Globals that hide an input. Each has a replacement; the few files that provide the replacement are listed. */
import { type Finding, lineAt, type Source } from './source.ts'

type Ban = { name: string; pattern: RegExp; instead: string }

const bans: readonly Ban[] = [
  {
    name: 'clock',
    pattern: /\bDate\.now\(|\bnew Date\(\s*\)|\bperformance\.now\(/g,
    instead: 'take a clock as an argument',
  },
  {
    name: 'random',
    pattern: /\bMath\.random\(|\brandomUUID\(|\bgetRandomValues\(|\brandomBytes\(|\brandomInt\(/g,
    instead: 'take ids and random bytes from an argument',
  },
  {
    name: 'network',
    pattern: /(?<=\b(?:await|return|void)\s+|[=(,>]\s*)fetch\(|\bglobalThis\.fetch\b/g,
    instead: 'take the transport as an argument',
  },
  {
    name: 'environment',
    pattern: /\bprocess\.env\b/g,
    instead: 'take the setting as an argument; config.ts reads it',
  },
  {
    name: 'timers',
    pattern: /(?<![.\w])set(?:Timeout|Interval)\(/g,
    instead: 'take a sleep or scheduler as an argument, so that tests need not wait',
  },
  {
    name: 'floats',
    pattern: /\bparseFloat\(/g,
    instead: 'use integers: parseMoney for money, Number.parseInt else',
  },
]

type Allowance = { path: RegExp; names: readonly string[]; why: string }

/** Composition: where the outside world comes in. Every row says why; a row without a use is a finding too. */
export const allowances: readonly Allowance[] = [
  {
    path: /^packages\/[a-z]+\/src\/(main|surroundings)\.ts$/,
    names: ['clock', 'random', 'network', 'environment', 'timers'],
    why: 'entry points, and what two of them share, hand the world to the program',
  },
  {
    path: /^apps\/api\/src\/(main|start|config|compose[a-z-]*)\.ts$/,
    names: ['clock', 'random', 'network', 'environment', 'timers'],
    why: 'the API reads its surroundings here and nowhere else',
  },
  {
    path: /^(apps\/api|packages\/[a-z]+)\/src\/(kernel\/)?(clock|random|system)\.ts$/,
    names: ['clock', 'random', 'timers'],
    why: 'the one implementation of the clock and the random source that everybody else takes as an argument',
  },
  {
    path: /^packages\/providers\/src\/network\.ts$/,
    names: ['timers'],
    why: 'the deadline of a provider call is part of the transport',
  },
  {
    path: /^packages\/sandbox\/src\/(index|server|kernel\/persistence)\.ts$/,
    names: ['timers'],
    why: 'real sockets and files have deadlines in real time; the emulators themselves take a clock',
  },
  {
    path: /^apps\/api\/src\/(money|store\/invalidation|routes\/health\/index)\.ts$/,
    names: ['timers'],
    why: 'the composed engine waits, reconnecting and the deadline of a health probe run on real time',
  },
  {
    path: /^apps\/api\/src\/routes\/checkout\/index\.ts$/,
    names: ['random'],
    why: "the nonce of a page's content security policy must not be predictable, and nothing depends on its value",
  },
  {
    path: /^apps\/api\/src\/webhooks-out\/(connect|exchange)\.ts$/,
    names: ['timers'],
    why: 'the deadlines of a name look-up and of a whole exchange run on real time, as that of a provider call does',
  },
  {
    path: /^packages\/sdk\/src\/system\.ts$/,
    names: ['network'],
    why: 'who makes a client need not hand it the world; this is the world it then takes',
  },
  {
    path: /^packages\/cli\/src\/postgres\/(start|create-cluster|binaries)\.ts$/,
    names: ['random', 'environment'],
    why: "the superuser's password is made here; programs inherit the environment",
  },
  {
    path: /^packages\/cli\/src\/dev\/(keys|child|lifeline)\.ts$/,
    names: ['random', 'timers'],
    why: 'keys are made here; deadlines of real processes run on real time',
  },
]

/** Every use of a banned global outside the list. */
export function checkGlobals(source: Source): Finding[] {
  if (source.test || !/^(packages\/[a-z]+|apps\/api)\/src\//.test(source.path)) return []
  // A `fetch` that was handed in has the same name as the banned one.
  const given = /\bfetch\??\s*[,:}]|\bconst fetch\b|^\s+(?:async )?fetch\(/m.test(source.code)
  const allowed = allowances.filter((row) => row.path.test(source.path)).flatMap((row) => row.names)
  return bans
    .filter((ban) => !allowed.includes(ban.name) && !(given && ban.name === 'network'))
    .flatMap((ban) =>
      [...source.code.matchAll(ban.pattern)].map((match) => ({
        path: source.path,
        line: lineAt(source.code, match.index),
        message: `${match[0].replace(/\($/, '()')} is banned: ${ban.instead}`,
      })),
    )
}
