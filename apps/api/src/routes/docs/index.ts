import { fileURLToPath } from 'node:url'
import { renderOpenApi } from '@onerouter/contract'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Deps } from '../../deps.ts'
import { notFound } from '../../http/ids.ts'
import { type Library, openLibrary } from './library.ts'
import { STYLE } from './page.ts'
import { contents, errorPage, llmsText, referencePage } from './reference.ts'

const DOCS = fileURLToPath(new URL('../../../../../docs/', import.meta.url))

const CSP =
  "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

/** Documents made from the tables the server itself runs on, and the pages of `docs/`. Nothing in them is an account's. */
export async function docsRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  const { publicUrl } = deps.config
  const library = await openLibrary(DOCS)
  const reference = atFirstUse(() => referencePage(publicUrl, contents(library)))
  const document = atFirstUse(() => Buffer.from(renderOpenApi()))
  const llms = atFirstUse(() => llmsText(publicUrl, library))
  const config = { scope: 'public' } as const
  app.get('/openapi.json', { config }, (_, reply) =>
    reply.type('application/json; charset=utf-8').send(document()),
  )
  app.get('/llms.txt', { config }, (_, reply) => reply.type('text/plain; charset=utf-8').send(llms()))
  app.get('/docs', { config }, (_, reply) => sendPage(reply, reference()))
  app.get('/docs/style.css', { config }, (_, reply) => reply.type('text/css; charset=utf-8').send(STYLE))
  app.get<{ Params: { code: string } }>('/docs/errors/:code', { config }, (request, reply) => {
    const text = errorPage(request.params.code)
    if (text === null) throw notFound()
    return sendPage(reply, text)
  })
  app.get<{ Params: { '*': string } }>('/docs/*', { config }, (request, reply) =>
    sendLibraryPage(reply, library, request.params['*']),
  )
}

/** Most processes are never asked for these. */
function atFirstUse<T>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** `/docs/guides/webhooks` for people, `/docs/guides/webhooks.md` for programs and whoever asks for Markdown. */
function sendLibraryPage(reply: FastifyReply, library: Library, path: string): FastifyReply {
  const found = library.get(path.replace(/\.md$|\/$/, ''))
  if (found === undefined) throw notFound()
  if (!path.endsWith('.md')) return sendPage(reply, found.html())
  return reply.type('text/markdown; charset=utf-8').send(found.markdown)
}

function sendPage(reply: FastifyReply, text: string): FastifyReply {
  return reply.header('content-security-policy', CSP).type('text/html; charset=utf-8').send(text)
}
