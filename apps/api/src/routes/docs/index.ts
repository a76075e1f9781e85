import { renderOpenApi } from '@onerouter/contract'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Deps } from '../../deps.ts'
import { notFound } from '../../http/ids.ts'
import { STYLE } from './page.ts'
import { errorPage, llmsText, referencePage } from './reference.ts'

const CSP =
  "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

/** Documents made once at start, from the table the server itself runs on. Nothing in them is an account's. */
export function docsRoutes(app: FastifyInstance, deps: Deps): void {
  const { publicUrl } = deps.config
  const reference = referencePage(publicUrl)
  const document = renderOpenApi()
  const llms = llmsText(publicUrl)
  const config = { scope: 'public' } as const
  app.get('/openapi.json', { config }, (_, reply) =>
    reply.type('application/json; charset=utf-8').send(Buffer.from(document)),
  )
  app.get('/llms.txt', { config }, (_, reply) => reply.type('text/plain; charset=utf-8').send(llms))
  app.get('/docs', { config }, (_, reply) => sendPage(reply, reference))
  app.get('/docs/style.css', { config }, (_, reply) => reply.type('text/css; charset=utf-8').send(STYLE))
  app.get<{ Params: { code: string } }>('/docs/errors/:code', { config }, (request, reply) => {
    const text = errorPage(request.params.code)
    if (text === null) throw notFound()
    return sendPage(reply, text)
  })
}

function sendPage(reply: FastifyReply, text: string): FastifyReply {
  return reply.header('content-security-policy', CSP).type('text/html; charset=utf-8').send(text)
}
