/** The documentation that the server carries: complete, readable both ways, and without a dead link. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Library, openLibrary } from './library.ts'
import { contents, llmsText } from './reference.ts'

const DOCS = fileURLToPath(new URL('../../../../../docs/', import.meta.url))
const SERVED = ['/docs', '/openapi.json', '/llms.txt']

let library: Library
beforeAll(async () => {
  library = await openLibrary(DOCS)
})

describe('the library', () => {
  test('has the guides, the concepts and the reference, and nothing that is only for contributors', () => {
    const names = [...library.keys()]
    expect(names).toEqual(
      expect.arrayContaining([
        ...['start/quick-start', 'guides/webhooks', 'concepts/money-safety', 'reference'],
        ...['reference/errors/payment_declined', 'reference/api/payments', 'reference/configuration'],
      ]),
    )
    expect(names.filter((name) => /^(internals|decisions)/.test(name))).toEqual([])
  })

  test('every link in it leads somewhere', () => {
    const dead: string[] = []
    for (const one of library.values()) {
      for (const [, href = ''] of one.html().matchAll(/<a href="([^"]+)"/g)) {
        if (!href.startsWith('/')) continue
        const path = (href.split('#', 1)[0] ?? '').replace(/\.md$/, '')
        const known = SERVED.includes(path) || library.has(path.replace(/^\/docs\//, ''))
        // What is not served lies in the repository, for readers on a code host.
        const inRepository = [path, `${path}.md`].some((at) => existsSync(`${DOCS}..${at}`))
        if (!known && !inRepository) dead.push(`${one.name}: ${href}`)
      }
    }
    expect(dead).toEqual([])
  })

  test('is listed whole for programs, and by its front pages for people', () => {
    const text = llmsText('https://pay.example.com', library)
    for (const name of library.keys()) expect(text).toContain(`https://pay.example.com/docs/${name}.md`)
    expect(contents(library).html).toContain('/docs/guides/webhooks"')
    expect(contents(library).html).not.toContain('/docs/reference/errors/payment_declined')
  })

  test('without its folder there are no pages, and no failure', async () => {
    expect((await openLibrary(`${DOCS}nowhere`)).size).toBe(0)
  })
})
