import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createStack, type Stack } from '../../../../../test/proofs/stack.ts'

let stack: Stack
beforeAll(async () => {
  stack = await createStack()
})
afterAll(() => stack.close())

const importEnv = (key: string, body: object) => stack.api.call(key, 'POST', '/services/import-env', body)

/** What the emulators' own accounts are called where live traffic goes. */
function live(service: 'stripe' | 'paypal' | 'razorpay'): Record<string, string> {
  const { credentials } = stack.sandbox.account(service)
  return JSON.parse(JSON.stringify(credentials).replaceAll('_test_', '_live_'))
}

describe('a .env text', () => {
  test('connects what it names, in the environment its names and keys say, one by one', async () => {
    const { plain, accountId } = await stack.api.newKey({ environment: 'live' })
    const [stripe, paypal, razorpay] = [live('stripe'), live('paypal'), live('razorpay')]
    const env = `
# production
DATABASE_URL=postgresql://somebody@db/shop
export STRIPE_LIVE_SECRET_KEY="${stripe.secret_key}" # quoted
PAYPAL_MODE=live
PAYPAL_CLIENT_ID=${paypal.client_id}
PAYPAL_SECRET='${paypal.client_secret}'
RAZORPAY_KEY_ID=${razorpay.key_id}
RAZORPAY_KEY_SECRET=wrong-secret-0123456789
TWILIO_ACCOUNT_SID=AC0123456789abcdef0123456789abcdef
`
    const found = (await importEnv(plain, { env, dry_run: true })).json()
    const statuses = Object.fromEntries(
      found.services.map((one: { service_name: string; status: string }) => [one.service_name, one.status]),
    )
    expect(statuses).toEqual({ stripe: 'found', razorpay: 'found', paypal: 'found', twilio: 'incomplete' })
    expect((await stack.api.call(plain, 'GET', '/services/can-go-live')).json().services).toEqual([])
    const done = await importEnv(plain, { env })
    expect(done.statusCode, done.body).toBe(200)
    expect(done.json()).toMatchObject({ object: 'env_import', ignored: ['DATABASE_URL'] })
    const of = (name: string) =>
      done.json().services.find((one: { service_name: string }) => one.service_name === name)
    expect(of('stripe')).toMatchObject({ environment: 'live', status: 'connected', error: null })
    expect(of('paypal')).toMatchObject({
      environment: 'live',
      status: 'connected',
      variables: ['PAYPAL_CLIENT_ID', 'PAYPAL_SECRET'],
    })
    expect(of('razorpay')).toMatchObject({ status: 'refused', error: { code: 'credentials_invalid' } })
    expect(of('twilio')).toMatchObject({
      status: 'incomplete',
      missing: ['TWILIO_AUTH_TOKEN', 'TWILIO_FROM_NUMBER'],
    })
    for (const secret of [stripe.secret_key, paypal.client_secret, 'wrong-secret-0123456789']) {
      expect(done.body).not.toContain(secret)
      expect(stack.api.lines.join('\n')).not.toContain(secret)
    }
    const { credentials } = stack.api.deps
    expect(await credentials.current(accountId, 'live', 'paypal')).toMatchObject({ sandbox: false })
    expect(await credentials.current(accountId, 'live', 'razorpay')).toBeNull()
  })

  test('of live credentials is refused to a test key, and leaves nothing behind', async () => {
    const { plain } = await stack.api.newKey()
    const done = await importEnv(plain, { env: `STRIPE_SECRET_KEY=${live('stripe').secret_key}` })
    expect(done.json().services).toMatchObject([
      { environment: 'live', status: 'refused', error: { code: 'environment_not_allowed' } },
    ])
    expect((await stack.api.call(plain, 'GET', '/api/services/stripe/status')).json().configured).toBe(false)
  })

  test.each([
    ['nothing of ours', { env: 'FOO=bar' }, 200],
    ['no text', { env: '' }, 400],
    ['too long', { env: 'A=b\n'.repeat(20_000) }, 400],
  ])('with %s is answered in kind', async (_, body, status) => {
    const { plain } = await stack.api.newKey()
    const answer = await importEnv(plain, body)
    expect(answer.statusCode, answer.body).toBe(status)
    if (status === 200) expect(answer.json()).toMatchObject({ services: [], ignored: ['FOO'] })
  })

  test('imports only the services asked for, and only those the key may use', async () => {
    const { plain } = await stack.api.newKey({ services: ['paypal'] })
    const env = `STRIPE_SECRET_KEY=sk_test_0123456789abcdefghijklmn`
    expect((await importEnv(plain, { env, services: ['paypal'] })).json().services).toEqual([])
    expect((await importEnv(plain, { env, services: ['stripe'] })).json().code).toBe('service_not_allowed')
    expect((await importEnv(plain, { env })).json().services).toMatchObject([
      { status: 'refused', error: { code: 'service_not_allowed' } },
    ])
  })
})

describe('switching', () => {
  test('raises one event per change, numbered per service, and none where nothing changes', async () => {
    const { plain } = await stack.api.newKey({ environment: 'live' })
    const put = (environment: string, credentials: object | null) =>
      stack.api.call(plain, 'PUT', '/services/paypal/credentials', {
        environment,
        ...(credentials === null ? { sandbox: true } : { credentials }),
      })
    expect((await put('test', null)).statusCode).toBe(200)
    expect((await put('live', live('paypal'))).statusCode).toBe(200)
    for (const environment of ['test', 'live', 'live', 'test']) {
      const path = '/services/paypal/switch-environment'
      expect((await stack.api.call(plain, 'POST', path, { environment })).statusCode).toBe(200)
    }
    const { data } = (
      await stack.api.call(plain, 'GET', '/v1/events?type=service.environment_switched')
    ).json()
    expect(data).toMatchObject([
      {
        environment: 'live',
        sequence: 2,
        data: { object: { service_name: 'paypal', environment: 'test' }, previous: { environment: 'live' } },
      },
      { sequence: 1, data: { object: { environment: 'live' }, previous: { environment: 'test' } } },
    ])
  })

  test('readiness names what stands in the way of each service', async () => {
    const { plain } = await stack.api.newKey({ environment: 'live' })
    await stack.api.call(plain, 'PUT', '/services/stripe/credentials', { environment: 'test', sandbox: true })
    const report = (await stack.api.call(plain, 'GET', '/api/services/can-go-live')).json()
    expect(report).toMatchObject({
      can_go_live: false,
      services: [
        {
          service_name: 'stripe',
          ready: false,
          blockers: [expect.stringContaining('Save live credentials')],
        },
      ],
    })
  })

  test('one race over the same service ends in one place with one event each', async () => {
    const { plain } = await stack.api.newKey({ environment: 'live' })
    for (const environment of ['test', 'live']) {
      const credentials = environment === 'live' ? { credentials: live('paypal') } : { sandbox: true }
      await stack.api.call(plain, 'PUT', '/services/paypal/credentials', { environment, ...credentials })
    }
    const switches = Array.from({ length: 12 }, (_, i) =>
      stack.api.call(plain, 'POST', '/services/paypal/switch-environment', {
        environment: i % 2 === 0 ? 'live' : 'test',
      }),
    )
    for (const answer of await Promise.all(switches)) expect(answer.statusCode, answer.body).toBe(200)
    const listed = (await stack.api.call(plain, 'GET', '/v1/events?limit=100')).json().data
    // Ids made within one millisecond are in no order; sequences are.
    const data = listed.toSorted(
      (a: { sequence: number }, b: { sequence: number }) => b.sequence - a.sequence,
    )
    const sequences = data.map((event: { sequence: number }) => event.sequence)
    expect(sequences).toEqual(sequences.map((_: number, i: number) => sequences.length - i))
    const status = (await stack.api.call(plain, 'GET', '/services/paypal/status')).json()
    expect(data[0].data.object.environment).toBe(status.environment)
  })
})
