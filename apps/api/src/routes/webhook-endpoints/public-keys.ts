import { formatId } from '@onerouter/core'
import type { FastifyInstance } from 'fastify'
import { idParam } from '../../http/ids.ts'
import { parsePage } from '../../http/list.ts'
import { mount } from '../../http/mount.ts'
import { listPublicKeys } from '../../store/endpoints.ts'
import { showPublicKey } from '../../webhooks-out/sign.ts'
import type { WebhooksOut } from '../../webhooks-out/webhooks-out.ts'

/**
 * Keys belong to one endpoint each: with one for the installation, what was signed for one account could be
 * played to another's receiver.
 */
export function publicKeyRoutes(app: FastifyInstance, out: WebhooksOut): void {
  mount(app, 'listWebhookPublicKeys', async ({ query }) => {
    const page = parsePage('endpoint', query)
    const rows = await listPublicKeys(out.db, {
      endpointId: query.endpoint_id === undefined ? null : idParam('endpoint', query.endpoint_id),
      after: page.after,
      limit: page.limit,
    })
    const keys = rows.slice(0, page.limit).map((row) => ({
      endpoint_id: formatId('endpoint', row.endpoint_id),
      public_key: showPublicKey(row.public_key),
      created_at: row.created_at.toISOString(),
      expires_at: row.expires_at?.toISOString() ?? null,
    }))
    const more = rows.length > page.limit
    return { keys, has_more: more, next_cursor: more ? (keys.at(-1)?.endpoint_id ?? null) : null }
  })
}
