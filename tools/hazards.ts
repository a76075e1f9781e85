/** Which tests guard which hazard: the page `docs/concepts/hazards.md`, made from the names of the tests. */

/** A way to charge twice, lose a payment or misstate one. */
export interface Hazard {
  readonly what: string
  /** Why no test can name it yet. */
  readonly untested?: string
  /** What its tests do not hold closed. */
  readonly open?: string
}

/** The numbers are names: they are never given to another hazard. */
export const HAZARDS: Readonly<Record<string, Hazard>> = {
  H1: { what: 'The provider acts, and its answer is lost' },
  H2: { what: 'The process dies between the call and the commit of its outcome' },
  H3: { what: 'The process dies after the commit, before the caller has the answer' },
  H4: { what: 'Two requests with one key run at the same time' },
  H5: { what: 'One key comes with another body' },
  H6: { what: 'One key comes from another account, environment, route or API key' },
  H7: { what: 'A paused process wakes up after somebody took its work over' },
  H8: { what: 'A retry reaches the provider under a new key' },
  H9: { what: 'A call is repeated after the provider has forgotten its key' },
  H10: { what: 'The provider has no keys at all' },
  H11: { what: 'A request arrives long after it was given up and looked for in vain' },
  H12: { what: 'Another provider is tried while the first one may have acted' },
  H13: { what: 'The payer can pay twice and does' },
  H14: { what: 'Money comes after the payment has failed, expired or been canceled' },
  H15: { what: 'A webhook overtakes the answer that names its object' },
  H16: { what: 'A webhook comes twice' },
  H17: { what: 'Webhooks come in the wrong order' },
  H18: { what: 'A webhook is forged, or an old one is sent again' },
  H19: { what: 'Webhooks never come' },
  H20: { what: 'Refunds that race exceed what was captured' },
  H21: { what: 'A refund of unknown outcome is asked for again under another key' },
  H22: { what: "A refund is made, or fails, at the provider's side" },
  H23: {
    what: 'A capture takes more than was authorized, or a part where the provider takes all or nothing',
  },
  H24: { what: 'A currency has no decimals, or three, or other ones at one provider' },
  H25: { what: 'Two wrong conversions cancel each other in our books' },
  H26: { what: 'An amount passes through a floating-point number' },
  H27: { what: 'JSON numbers that parsers read differently: huge, negative zero, duplicate members' },
  H28: { what: 'A test key reaches live credentials, or a live event a test payment' },
  H29: { what: 'A service is switched to the other environment while payments are open' },
  H30: { what: 'Credentials are rotated between a call and its settlement' },
  H31: {
    what: 'The clocks of two servers differ',
    open:
      "everything about money is judged by the database's clock; a fail-over to a database server whose own clock is " +
      'hours ahead would move that judgement: keep database servers on one time',
  },
  H32: { what: 'The connection to the database is lost during a commit' },
  H33: {
    what: 'The database fails over and forgets its last commits',
    open: 'found, not prevented: run PostgreSQL with synchronous replication; such a fail-over is not simulated',
  },
  H34: { what: 'The database runs without durable writes' },
  H35: { what: 'A cache still lets in a key that was revoked' },
  H36: { what: 'Redis is lost' },
  H37: { what: 'An event is committed and never delivered, because the process died' },
  H38: { what: 'An event tells of something that was not committed' },
  H39: {
    what: 'One change is told by two events with different ids',
    open: 'event ids are drawn, not derived: after a restore from a backup an event may come again under a new id',
  },
  H40: { what: 'One row that cannot be worked off, or one slow provider, holds up the others' },
  H41: { what: 'A sick provider is asked again and again' },
  H42: { what: 'A provider reports another amount or currency than was asked for' },
  H43: { what: 'A subscription is charged twice for one period' },
  H44: {
    what: 'Two versions of the code run on one database',
    open: 'the database holds every version to the same moves; two versions are not run side by side in a test',
  },
  H45: { what: 'Somebody changes the books by hand' },
}

/** A test that names hazards: `H11, H21: what it guarantees`. */
export interface NamedTest {
  readonly hazards: readonly string[]
  readonly title: string
  /** From the root of the repository. */
  readonly path: string
}

const titles = /(['`"])((?:[A-Z]+\d+, )*[A-Z]+\d+): ((?:(?!\1)[^\\\n]|\\.)+)\1/g

/** The tests of one file whose titles begin with hazards, in the order of the file. */
export function namedTests(path: string, text: string): NamedTest[] {
  return [...text.matchAll(titles)].flatMap(([, , ids = '', title = '']) => {
    const hazards = ids.split(', ').filter((id) => /^H\d+$/.test(id))
    return hazards.length === 0 ? [] : [{ hazards, title: readable(title), path }]
  })
}

/** What a table of cases puts into a title is not known here. */
const readable = (title: string): string => title.replaceAll('\\', '').replace(/%[sdij]|\$\w+/g, '…')

/** What is wrong: a hazard that nobody guards, a reason that a test has outlived, a number nobody knows. */
export function hazardProblems(
  tests: readonly NamedTest[],
  known: Readonly<Record<string, Hazard>> = HAZARDS,
): string[] {
  const guarded = new Set(tests.flatMap(({ hazards }) => hazards))
  const unknown = tests.flatMap(({ hazards, path }) =>
    hazards.filter((id) => known[id] === undefined).map((id) => `${path} names ${id}, which is no hazard`),
  )
  const wrong = Object.entries(known).flatMap(([id, { untested }]) => {
    if (guarded.has(id)) return untested === undefined ? [] : [`${id} has a test and a reason to have none`]
    return untested === undefined ? [`${id} has neither a test nor a reason`] : []
  })
  return [...unknown, ...wrong]
}

const INTRODUCTION = `# What could go wrong with money, and what stands against it

Ways in which a payment system charges twice, loses a payment or misstates one, and the tests that hold each of them
closed. A test says so in its name (\`H11: …\`); this page is made from those names by \`npm run gen\`, and
\`npm run check\` fails when a hazard has neither a test nor a stated reason. What tests do not reach is marked as open.
`

/** @throws Error when a hazard has neither a test nor a reason. */
export function renderHazards(tests: readonly NamedTest[]): string {
  const problems = hazardProblems(tests)
  if (problems.length > 0) throw new Error(`hazards: ${problems.join('; ')}`)
  const rows = Object.entries(HAZARDS).map(
    ([id, hazard]) => `| ${id} | ${hazard.what} | ${guards(id, hazard, tests)} |`,
  )
  return `${INTRODUCTION}\n| | hazard | tests |\n|---|---|---|\n${rows.join('\n')}\n`
}

function guards(id: string, hazard: Hazard, tests: readonly NamedTest[]): string {
  if (hazard.untested !== undefined) return `none: ${hazard.untested}`
  const held = tests
    .filter(({ hazards }) => hazards.includes(id))
    .map(({ title, path }) => `${cell(title)} ([${path.split('/').at(-1)}](../../${path}))`)
  return [...held, ...(hazard.open === undefined ? [] : [`*Open: ${hazard.open}*`])].join('<br>')
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;')
