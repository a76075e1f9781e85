/** The code that the documentation shows: every fenced block of every page a reader is sent to. */
import { readdirSync, readFileSync } from 'node:fs'

const ROOT = new URL('../../', import.meta.url)
const SINGLE_PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'packages/sdk/README.md',
  'sdks/python/README.md',
]
/** `docs/reference` is generated, `docs/decisions` tells of the past: neither shows what a reader would copy. */
const FOLDERS = ['docs/start', 'docs/guides', 'docs/concepts', 'docs/internals']

export interface Block {
  readonly page: string
  /** The how-manieth of its page, from 1. */
  readonly number: number
  readonly language: string
  readonly code: string
}

export function shownBlocks(): readonly Block[] {
  const inFolders = FOLDERS.flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, ROOT))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${name}`),
  )
  return [...SINGLE_PAGES, ...inFolders.toSorted()].flatMap((page) =>
    [...readFileSync(new URL(page, ROOT), 'utf8').matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].map(
      ([, language = '', code = ''], i) => ({ page, number: i + 1, language, code }),
    ),
  )
}
