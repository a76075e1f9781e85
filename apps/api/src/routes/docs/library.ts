/** The pages under `docs/` that are for users, read once: as Markdown as they stand, and as HTML when first asked for. */
import { readdir, readFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { Marked } from 'marked'
import { html, page } from './page.ts'

export interface LibraryPage {
  /** `guides/webhooks`, without ending. */
  readonly name: string
  readonly title: string
  readonly markdown: string
  html(): string
}

export type Library = ReadonlyMap<string, LibraryPage>

/** Shelves in the order of the table of contents; what is for people who change OneRouter is not among them. */
export const SHELVES = {
  start: 'Start',
  guides: 'Guides',
  concepts: 'Concepts',
  reference: 'Reference',
} as const

/** Reads every page below `folder`; without the folder (a package of the server alone) there are none. */
export async function openLibrary(folder: string): Promise<Library> {
  const pages = new Map<string, LibraryPage>()
  for (const shelf of Object.keys(SHELVES)) {
    const names = await readdir(join(folder, shelf), { recursive: true }).catch(() => [])
    for (const name of names.sort()) {
      if (!name.endsWith('.md')) continue
      const path = posix.join(shelf, name.replaceAll('\\', '/').replace(/(?:\/?README)?\.md$/, ''))
      pages.set(path, libraryPage(path, await readFile(join(folder, shelf, name), 'utf8')))
    }
  }
  return pages
}

function libraryPage(name: string, markdown: string): LibraryPage {
  const title = /^# (.+)$/m.exec(markdown)?.[1] ?? name
  let made: string | undefined
  return {
    name,
    title,
    markdown,
    html() {
      made ??= render(name, title, markdown)
      return made
    },
  }
}

function render(name: string, title: string, markdown: string): string {
  const marked = new Marked({ gfm: true, async: false })
  marked.use({
    renderer: {
      // Anchors as code hosts make them, so that links work in both places.
      heading({ tokens, depth, text }) {
        const anchor = text
          .toLowerCase()
          .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
          .replaceAll(' ', '-')
        return `<h${depth} id="${anchor}">${this.parser.parseInline(tokens)}</h${depth}>\n`
      },
    },
    walkTokens(token) {
      if (token.type === 'link' && typeof token.href === 'string') token.href = hrefOf(name, token.href)
    },
  })
  const body = marked.parse(markdown, { async: false })
  // The pages are ours and lie in the repository: their HTML is as trusted as this file's.
  return page(
    `${title}: OneRouter`,
    html`<p class="quiet"><a href="/docs">OneRouter</a> · <a href="/docs/${name}.md">Markdown</a></p>${{ html: body }}`,
  )
}

/** A link between files becomes one between pages; what lies outside the shelves is only on a code host. */
function hrefOf(from: string, href: string): string {
  if (/^[a-z]+:|^[#/]/i.test(href)) return href
  const [path = '', anchor] = href.split('#', 2)
  // A page named after its folder stands one level higher than its file.
  const base = posix.dirname(from === 'reference' ? 'reference/README' : from)
  const target = posix.join('/docs', base, path).replace(/(?:\/README)?\.md$/, '')
  return anchor === undefined ? target : `${target}#${anchor}`
}
