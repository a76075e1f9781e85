import { createSecretKey } from 'node:crypto'
import { expect, test } from 'vitest'
import { ed25519FromSeed, publicBytes, showPublicKey, signedHeaders } from './sign.ts'

const seedOf = (whsk: string) => Buffer.from(whsk.slice('whsk_'.length), 'base64').subarray(0, 32)
const ed25519 = ed25519FromSeed(
  seedOf('whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=='),
)
const key = (secret: string) => ({ secret: createSecretKey(secret, 'base64'), ed25519 })
const FIRST = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestampS: 1614265330, body: '{"test": 2432232314}' }

test("Standard Webhooks' vectors: v1 in two libraries, v1a in the specification", () => {
  expect(signedHeaders(FIRST, [key('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')], true)['webhook-signature']).toBe(
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= ' +
      'v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==',
  )
  const second = {
    id: 'msg_27UH4WbU6Z5A5EzD8u03UvzRbpk',
    timestampS: 1649367553,
    body: '{"email":"test@example.com","username":"test_user"}',
  }
  expect(signedHeaders(second, [key('C2FVsBQIhrscChlQIMV+b5sSYspob7oD')], false)['webhook-signature']).toBe(
    'v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=',
  )
  expect(showPublicKey(publicBytes(ed25519))).toBe('whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=')
})

test('every live secret signs, all v1 before the first v1a', () => {
  const keys = [key('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'), key('C2FVsBQIhrscChlQIMV+b5sSYspob7oD')]
  const entries = signedHeaders(FIRST, keys, true)['webhook-signature'].split(' ')
  expect(entries.map((entry) => entry.split(',')[0])).toEqual(['v1', 'v1', 'v1a', 'v1a'])
})
