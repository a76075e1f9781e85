/** Words that must not be committed: notes to self, switched-off tests, addresses of one machine. */
import { type Finding, lineAt, type Source } from './source.ts'

type Rule = { pattern: RegExp; message: string; in: 'text' | 'code'; only?: RegExp }

// Spelled in two parts, so that this file passes its own rules.
const rules: readonly Rule[] = [
  {
    // Not the one of three equal letters: that is ISO 4217's code for "no currency".
    pattern: new RegExp(`\\b(?:TO${'DO'}|FIX${'ME'}|HA${'CK'})\\b(?![\\w-])`, 'g'),
    message: 'finish it or open an issue; notes to self do not ship',
    in: 'text',
    only: /\.(ts|tsx|mjs|sql)$/,
  },
  { pattern: /\b(?:test|it|describe|suite)\.only\b/g, message: 'a lone test hides the others', in: 'code' },
  {
    pattern: /\b(?:test|it|describe|suite)\.(?:skip|todo)\b/g,
    message: 'say when and why: skipIf(condition), with a visible line',
    in: 'code',
  },
  {
    pattern: new RegExp(`registry\\.${'npmjs'}\\.org|registry\\.${'yarnpkg'}\\.com`, 'g'),
    message: 'no registry addresses: the user chooses the registry',
    in: 'text',
  },
  {
    pattern: new RegExp(`(?<![\\w.:])/(?:${'work'}|${'root'}|home/[a-z]+|Users/[a-z]+)/[\\w.-]+`, 'g'),
    message: 'a path of one machine',
    in: 'text',
  },
]

export function checkWords(source: Source): Finding[] {
  return rules
    .filter((rule) => rule.only === undefined || rule.only.test(source.path))
    .flatMap((rule) =>
      [...source[rule.in].matchAll(rule.pattern)].map((match) => ({
        path: source.path,
        line: lineAt(source.text, match.index),
        message: `${match[0].trim()}: ${rule.message}`,
      })),
    )
}
