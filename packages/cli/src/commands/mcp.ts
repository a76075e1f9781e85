import { type Json, toolsOf } from '../mcp/tools.ts'
import { type Command, CommandError, EXIT, usageError } from './command.ts'
import { connect } from './connection.ts'

const DOCUMENT_WITHIN_MS = 10_000

/** `onerouter mcp` */
export const mcp: Command = {
  name: 'mcp',
  summary: 'serves the API to an assistant over the Model Context Protocol (standard input and output)',
  args: [],
  options: {
    'allow-writes': { help: 'also offers tools that change something; without it every tool only reads' },
    live: { help: 'accepts a live key; without it only test keys are used' },
  },
  details: [
    'Tools are the operations of the API, as its /openapi.json describes them. Keys and credentials are never among them.',
    'The key limits further what can be done: give one with just the scopes that the assistant needs.',
  ],
  examples: ['mcp', 'mcp --allow-writes', 'mcp --api-key unf_test_… --base-url https://pay.example.com'],
  async run(invocation) {
    const { world, flag } = invocation
    const { baseUrl, apiKey } = await connect(invocation)
    if (apiKey.startsWith('unf_live_') && !flag('live')) {
      throw usageError('This is a live key: real money. Give a test key, or say --live.')
    }
    const tools = toolsOf(await openApi(world.fetch, baseUrl), { writes: flag('allow-writes') })
    const newIdempotencyKey = () => `mcp_${Buffer.from(world.random(16)).toString('hex')}`
    // Only here: no other command should wait for the library.
    const { StdioServerTransport } = await import('@modelcontextprotocol/server/stdio')
    const { createMcpServer } = await import('../mcp/server.ts')
    const server = createMcpServer(
      { baseUrl, apiKey, fetch: world.fetch, newIdempotencyKey, version: '0.1.0' },
      tools,
    )
    const closed = new Promise<void>((resolve) => {
      server.onclose = () => resolve()
      world.stop.addEventListener('abort', () => resolve(), { once: true })
    })
    await server.connect(new StdioServerTransport())
    world.note(
      `${tools.length} tools for ${baseUrl}, ${flag('allow-writes') ? 'reading and writing' : 'reading only'}.`,
    )
    await closed
    await server.close()
    return EXIT.ok
  },
}

async function openApi(call: typeof fetch, baseUrl: string): Promise<Json> {
  try {
    const response = await call(`${baseUrl}/openapi.json`, {
      signal: AbortSignal.timeout(DOCUMENT_WITHIN_MS),
    })
    if (response.ok) return (await response.json()) as Json // read tolerantly by toolsOf
  } catch {
    // told below: there is no difference for whoever starts it
  }
  throw new CommandError(`${baseUrl} does not answer with an OpenAPI document; is OneRouter running there?`, {
    exit: EXIT.unreachable,
    code: 'unreachable',
  })
}
