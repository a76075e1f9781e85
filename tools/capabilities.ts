/** The page of what each provider is proven to do: `docs/reference/capabilities.md`, from executed tests. */
export type ConformanceResults = Readonly<
  Record<
    string,
    {
      readonly suite: string
      readonly tests: number
      readonly lastRun: string
      readonly proofs: readonly {
        readonly operation: string
        readonly test: string
        readonly since: string
      }[]
    }
  >
>

/** @throws when a proof names a test that no longer exists: then the suites must run again. */
export function renderCapabilities(results: ConformanceResults, sources: readonly string[]): string {
  const known = new Set(sources.flatMap(titlesIn))
  const keys = Object.keys(results).sort()
  const providers = [...new Set(keys.map(providerOf))]
  const proofs = keys.flatMap((key) =>
    (results[key]?.proofs ?? []).map((proof) => ({ provider: providerOf(key), ...proof })),
  )
  const gone = proofs.filter(({ test }) => !known.has(test) && !isFromTable(test, known))
  if (gone.length > 0) {
    const names = [...new Set(gone.map(({ test }) => test))].join('; ')
    throw new Error(
      `conformance results name tests that are gone (run: npm run gen -- --conformance): ${names}`,
    )
  }
  const operations = [...new Set(proofs.map(({ operation }) => operation))].sort()
  const head = `| operation | ${providers.join(' | ')} |\n|---|${providers.map(() => '---|').join('')}`
  const rows = operations.map((operation) => {
    const cells = providers.map((provider) =>
      proofs.some((proof) => proof.provider === provider && proof.operation === operation) ? 'proven' : '–',
    )
    return `| \`${operation}\` | ${cells.join(' | ')} |`
  })
  const details = keys.map((key) => {
    const { tests: count = 0, lastRun = '', proofs: own = [] } = results[key] ?? {}
    const lines = own.map(({ operation, test, since }) => `| \`${operation}\` | ${test} | ${since} |`)
    return `## ${key}\n\n${count} tests, last run for this page on ${lastRun}.\n\n| operation | shown by | since |\n|---|---|---|\n${lines.join('\n')}\n`
  })
  return `# Capabilities, as proven

Made by \`npm run gen -- --conformance\` from executed tests; do not edit. An operation is *proven* when a passing test of
the conformance suite saw it succeed against the provider's emulator; every run of the suite compares what it saw with
this page, and \`GET /v1/providers\` serves the same. What a provider lacks is asserted to be refused by the same suite.

${head}
${rows.join('\n')}

${details.join('\n')}`
}

/** Keys are `provider/suite`. */
const providerOf = (key: string): string => key.split('/', 1)[0] ?? key

const TITLES = /(['"`])((?:(?!\1)[^\\\n]|\\.)+)\1,\s*(?:async\s*)?\(/g

/** Titles of tests as they stand in a source. */
const titlesIn = (text: string): string[] =>
  [...text.matchAll(TITLES)].map(([, , title = '']) => title.replaceAll('\\', ''))

/** Tests of a table have their rows' words in their names; in the source stands the pattern. */
function isFromTable(name: string, known: ReadonlySet<string>): boolean {
  for (const pattern of known) {
    if (!pattern.includes('%s') && !pattern.includes('$')) continue
    const parts = pattern.split(/%s|\$\{?[\w.]+\}?/).map((part) => part.replace(/[.*+?^()|[\]\\{}]/g, '\\$&'))
    if (new RegExp(`^${parts.join('.*')}$`).test(name)) return true
  }
  return false
}
