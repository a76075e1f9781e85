/** A merchant's webhook receiver that fails now and then, and keeps everything it was sent. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import type { Random } from './random.ts'

/** One request as it came, whatever became of it. */
export interface Arrival {
  readonly id: string
  readonly attempt: number
  readonly body: string
  /** Whether the official library takes the signature. */
  readonly verified: boolean
  /** Answered 2xx, in full. */
  readonly taken: boolean
}

export interface HooksReceiver {
  readonly endpointId: string
  readonly arrivals: readonly Arrival[]
  /** From now on everything is answered with 204. */
  heal(): void
  close(): Promise<void>
}

const SPOILED = 0.15

/** Listens on loopback and registers itself for every event. */
export async function openHooksReceiver(
  world: { readonly url: string; readonly apiKey: string },
  random: Random,
): Promise<HooksReceiver> {
  const arrivals: Arrival[] = []
  let secret = ''
  let healed = false
  const server = createServer(async (request, response) => {
    const body = await read(request)
    const spoil = !healed && random.chance(SPOILED) ? random.pick(['500', 'reset', '429'] as const) : null
    arrivals.push({
      id: String(request.headers['webhook-id']),
      attempt: Number(request.headers['onerouter-delivery-attempt']),
      body,
      verified: verifies(secret, body, request),
      taken: spoil === null,
    })
    answer(response, spoil)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // listening on TCP
  const endpoint = await register(world, `http://127.0.0.1:${port}/hooks`)
  secret = endpoint.secret
  return {
    endpointId: endpoint.id,
    arrivals,
    heal() {
      healed = true
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer) // no encoding is set, so chunks are bytes
  } catch {
    // The sender was killed mid-request: what came of it is kept, and does not verify.
  }
  return Buffer.concat(chunks).toString('utf8')
}

function verifies(secret: string, body: string, { headers }: IncomingMessage): boolean {
  try {
    return Boolean(new Webhook(secret).verify(body, headers as Record<string, string>))
  } catch {
    return false
  }
}

function answer(response: ServerResponse, spoil: '500' | 'reset' | '429' | null): void {
  if (spoil === 'reset') response.destroy()
  else if (spoil === null) response.writeHead(204).end()
  else response.writeHead(Number(spoil), spoil === '429' ? { 'retry-after': '3' } : {}).end()
}

async function register(
  { url, apiKey }: { readonly url: string; readonly apiKey: string },
  target: string,
): Promise<{ readonly id: string; readonly secret: string }> {
  const response = await fetch(`${url}/api/webhooks/endpoints`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ url: target, max_in_flight: 10 }),
    signal: AbortSignal.timeout(20_000),
  })
  if (response.status !== 201) throw new Error(`no endpoint: ${response.status} ${await response.text()}`)
  return (await response.json()) as { id: string; secret: string } // the contract's CreatedWebhookEndpoint
}
