/** An MCP server over one OneRouter: lists the tools, performs them under one API key. */
import { type CallToolResult, Server } from '@modelcontextprotocol/server'
import { requestOf, type Tool } from './tools.ts'

export interface McpWorld {
  readonly baseUrl: string
  readonly apiKey: string
  readonly fetch: typeof fetch
  readonly newIdempotencyKey: () => string
  readonly version: string
}

const CALL_WITHIN_MS = 60_000
/** An assistant's memory is short: longer answers are cut, and say so. */
const ANSWER_CHARS_MAX = 100_000

const INSTRUCTIONS = `OneRouter is a payment API over Stripe, PayPal, Razorpay and Twilio. Amounts are exact: strings of
major units ("500.00") or integers of minor units (amount_minor). A payment's status processing means that its outcome is
not known yet: look again, never create it a second time. To repeat a call that changes something, give the same
idempotency_key again.`

export function createMcpServer(world: McpWorld, tools: readonly Tool[]): Server {
  const server = new Server(
    { name: 'onerouter', version: world.version },
    { capabilities: { tools: {} }, instructions: INSTRUCTIONS },
  )
  server.setRequestHandler('tools/list', () => ({
    tools: tools.map(({ name, description, inputSchema, method }) => ({
      name,
      description,
      inputSchema,
      annotations: {
        readOnlyHint: method === 'GET',
        destructiveHint: method !== 'GET',
        idempotentHint: method !== 'POST',
        openWorldHint: true,
      },
    })),
  }))
  server.setRequestHandler('tools/call', async ({ params }) => {
    const tool = tools.find(({ name }) => name === params.name)
    if (tool === undefined)
      return failed(`There is no tool ${params.name}; tools that write need --allow-writes.`)
    try {
      return await perform(world, tool, params.arguments ?? {})
    } catch (error) {
      return failed(error instanceof Error ? error.message : String(error))
    }
  })
  return server
}

async function perform(world: McpWorld, tool: Tool, args: Record<string, unknown>): Promise<CallToolResult> {
  const { path, body } = requestOf(tool, args)
  const response = await world.fetch(world.baseUrl + path, {
    method: tool.method,
    redirect: 'manual',
    signal: AbortSignal.timeout(CALL_WITHIN_MS),
    headers: {
      accept: 'application/json',
      authorization: `Bearer ${world.apiKey}`,
      ...(body === null ? {} : { 'content-type': 'application/json' }),
      ...(tool.method === 'POST' && body?.['idempotency_key'] === undefined
        ? { 'idempotency-key': world.newIdempotencyKey() }
        : {}),
    },
    ...(body === null ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const cut =
    text.length > ANSWER_CHARS_MAX ? `${text.slice(0, ANSWER_CHARS_MAX)}… (cut: ask for less)` : text
  return response.ok ? { content: [{ type: 'text', text: cut }] } : failed(cut)
}

function failed(text: string): CallToolResult {
  return { content: [{ type: 'text', text }], isError: true }
}
