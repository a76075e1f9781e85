/** What an assistant is offered, and what becomes of its calls. */
import { InMemoryTransport } from '@modelcontextprotocol/server'
import { openApi } from '@onerouter/contract/openapi'
import { describe, expect, test } from 'vitest'
import { createMcpServer } from './server.ts'
import { type Json, requestOf, toolsOf } from './tools.ts'

const document = openApi() as Json
const reading = toolsOf(document, { writes: false })
const writing = toolsOf(document, { writes: true })

describe('the tools', () => {
  test('only read, unless writing was asked for', () => {
    expect(reading.length).toBeGreaterThan(15)
    expect(new Set(reading.map(({ method }) => method))).toEqual(new Set(['GET']))
    const names = writing.map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['create_payment', 'create_refund', 'list_payments']))
    expect(new Set(names).size).toBe(names.length)
  })

  test('keys and credentials are never among them', () => {
    expect(writing.filter(({ path }) => /\/api\/keys|credentials|\/api\/auth/.test(path))).toEqual([])
  })

  test.each([
    ['get_payment', { id: 'pay_1' }, '/v1/payments/pay_1', null],
    [
      'list_payments',
      { status: 'succeeded', 'created[gte]': '1' },
      '/v1/payments?created%5Bgte%5D=1&status=succeeded',
      null,
    ],
    ['capture_payment', { id: 'a/b', amount: '1.00' }, '/v1/payments/a%2Fb/capture', { amount: '1.00' }],
  ])('%s becomes its request', (name, args, path, body) => {
    const tool = writing.find((one) => one.name === name)
    if (tool === undefined) throw new Error(`there is no ${name}`)
    expect(requestOf(tool, args)).toEqual({ path, body })
  })

  test.each(['', '.', '..', 7, undefined])('an id of %j leads nowhere', (id) => {
    const tool = reading.find(({ name }) => name === 'get_payment')
    expect(() => tool && requestOf(tool, { id })).toThrow(/must be an id/)
  })
})

async function session(answer: (request: Request) => Response) {
  const seen: Request[] = []
  const server = createMcpServer(
    {
      baseUrl: 'http://127.0.0.1:8000',
      apiKey: 'unf_test_x',
      newIdempotencyKey: () => 'mcp_1',
      version: '1',
      fetch: async (input, init) => {
        const request = new Request(input, init)
        seen.push(request)
        return answer(request)
      },
    },
    writing,
  )
  const [near, far] = InMemoryTransport.createLinkedPair()
  await server.connect(far)
  await near.start()
  let id = 0
  const ask = (method: string, params: Json) =>
    new Promise<Json>((resolve) => {
      near.onmessage = (message) => resolve(message as Json)
      id += 1
      void near.send({ jsonrpc: '2.0', id, method, params })
    })
  await ask('initialize', {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'test', version: '1' },
  })
  await near.send({ jsonrpc: '2.0', method: 'notifications/initialized' })
  return { ask, seen }
}

describe('a call', () => {
  test('carries the key and an idempotency key, and answers what the API said', async () => {
    const { ask, seen } = await session(() => Response.json({ id: 'pay_1' }, { status: 201 }))
    const args = { amount: '5.00', currency: 'USD' }
    const answered = await ask('tools/call', { name: 'create_payment', arguments: args })
    expect(answered['result']).toMatchObject({ content: [{ type: 'text', text: '{"id":"pay_1"}' }] })
    const [request] = seen
    expect(request?.headers.get('authorization')).toBe('Bearer unf_test_x')
    expect(request?.headers.get('idempotency-key')).toBe('mcp_1')
    expect(await request?.json()).toEqual(args)
  })

  test('that the API refuses is an error the assistant can read, and no key is in it', async () => {
    const { ask } = await session(() => Response.json({ code: 'not_found' }, { status: 404 }))
    const answered = await ask('tools/call', { name: 'get_payment', arguments: { id: 'pay_1' } })
    expect(answered['result']).toMatchObject({ isError: true, content: [{ text: '{"code":"not_found"}' }] })
    expect(JSON.stringify(answered)).not.toContain('unf_test_x')
  })

  test('of a tool that is not offered says why', async () => {
    const { ask, seen } = await session(() => new Response())
    const answered = await ask('tools/call', { name: 'create_api_key', arguments: {} })
    expect(answered['result']).toMatchObject({ isError: true })
    expect(seen).toEqual([])
  })

  test('tools are listed with their schemas and whether they change anything', async () => {
    const { ask } = await session(() => new Response())
    const { tools } = (await ask('tools/list', {}))['result'] as { tools: Json[] }
    const create = tools.find(({ name }) => name === 'create_payment')
    expect(create).toMatchObject({
      inputSchema: { type: 'object', required: ['currency'] },
      annotations: { readOnlyHint: false, destructiveHint: true },
    })
  })
})
