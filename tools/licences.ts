/** The licences of everything that is installed to run OneRouter, read off the lock file; what is not allowed fails. */
interface Locked {
  readonly version?: string
  readonly license?: string
  readonly dev?: boolean
  readonly optional?: boolean
  readonly link?: boolean
}

/** Licences that ask for nothing but their notice. */
const ALLOWED: readonly string[] = [
  ...[
    'MIT',
    'ISC',
    '0BSD',
    'BSD-2-Clause',
    'BSD-3-Clause',
    'Apache-2.0',
    'BlueOak-1.0.0',
    'PostgreSQL',
    'CC-BY-4.0',
  ],
  ...['MIT-0', 'Python-2.0', 'CC0-1.0', 'MPL-2.0'],
]
/** Image codecs that Next.js loads as libraries of their own (LGPL): never linked into our files, replaceable by whoever runs it. */
const EXCEPTIONS: readonly RegExp[] = [/^@img\//]

export interface ThirdParty {
  readonly name: string
  readonly version: string
  readonly licence: string
}

/** Packages that a running installation has; those of tests and tools are not among them. */
export function thirdParties(lock: string): readonly ThirdParty[] {
  const { packages } = JSON.parse(lock) as { packages: Readonly<Record<string, Locked>> } // npm's own format
  const found = Object.entries(packages).flatMap(([path, locked]) => {
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
    if (!path.includes('node_modules/') || locked.dev === true || locked.link === true) return []
    return [{ name, version: locked.version ?? '', licence: locked.license ?? 'unknown' }]
  })
  const once = new Map(found.map((one) => [`${one.name}@${one.version}`, one]))
  return [...once.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

/** Packages whose licence nobody has looked at. */
export function notAllowed(all: readonly ThirdParty[]): readonly ThirdParty[] {
  return all.filter(
    ({ name, licence }) =>
      !EXCEPTIONS.some((one) => one.test(name)) &&
      !licence
        .replaceAll(/[()]/g, '')
        .split(/ (?:OR|AND) /)
        .every((one) => ALLOWED.includes(one)),
  )
}

export function renderThirdParties(lock: string): string {
  const all = thirdParties(lock)
  const byLicence = Map.groupBy(all, ({ licence }) => licence)
  const counts = [...byLicence].map(([licence, some]) => `${some.length} × ${licence}`).sort()
  const rows = all.map(({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`)
  return `<!-- Made by \`npm run gen\`. -->
# Third-party packages

What a running installation contains besides OneRouter itself, from the lock file: ${counts.join(', ')}.

| package | version | licence |
|---|---|---|
${rows.join('\n')}
`
}
