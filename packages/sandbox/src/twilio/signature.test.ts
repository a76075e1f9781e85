import fc from 'fast-check'
import twilio from 'twilio'
import { expect, test } from 'vitest'
import { hasReference, readReference } from './reference.ts'
import { segmentsOf } from './segments.ts'
import { signature } from './signature.ts'

const TOKEN = '2b8c4d6e0f1a3b5c7d9e1f2a4b6c8d0e'
const URL_ = 'https://hooks.example.com/in/twilio'
const STATUS = {
  AccountSid: 'AC00000000000000000000000000000001',
  ApiVersion: '2010-04-01',
  From: '+15005550006',
  MessageSid: 'SM00000000000000000000000000000001',
  MessageStatus: 'delivered',
  SmsSid: 'SM00000000000000000000000000000001',
  SmsStatus: 'delivered',
  To: '+15558675310',
}
type Params = Readonly<Record<string, string | readonly string[]>>
const pairs = (params: Params): [string, string][] =>
  Object.entries(params).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  )

test.each<[name: string, url: string, params: Params, signature: string]>([
  ['usual status', `${URL_}/acc_1`, STATUS, 'nuW5ww9wzqabNfPXsfx7VfCLR14='],
  ['query string', `${URL_}?acc=1&x=a%20b`, STATUS, 'op7DxoDYAaPfq9VUnXMAJM3fCjY='],
  ['text beyond ASCII', URL_, { ...STATUS, Body: 'café + 東京 🎉 &=%' }, 'geHgoRNepPkAoDrNbpocFG8W7QA='],
  ['outer blanks', URL_, { ...STATUS, Body: '  hi  ' }, 'luy/ZLfW28ovslOH85VxmxoeNsg='],
  ['code-unit order', URL_, { a: '1', B: '2', Aa: '3', Z_1: '4', Z1: '5' }, 'klAveBeo5XzOKSXNMLZak4bVdMM='],
  [
    'repeated name',
    URL_,
    { MediaUrl: ['https://b.example/2', 'https://a.example/1', 'https://b.example/2'], To: '+1555' },
    't0aVJC03l5cCnSk5Z6pAd0l9yXQ=',
  ],
])('the signature of the %s is Twilio’s', (_name, url, params, expected) => {
  expect(signature(TOKEN, url, pairs(params))).toBe(expected)
})

interface Vectors {
  readonly auth_token: string
  readonly form_valid: readonly {
    readonly name: string
    readonly url: string
    readonly params: Params
    readonly signature: string
  }[]
}
// The file's own outline, as its README describes it.
const vectors = readReference('recorded/twilio-signature-vectors.json') as Vectors | null

test.skipIf(!hasReference)('every recorded signature is reproduced', () => {
  const made = vectors?.form_valid.map(({ name, url, params }) => [
    name,
    signature(vectors.auth_token, url, pairs(params)),
  ])
  expect(made?.length).toBeGreaterThanOrEqual(10)
  expect(made).toEqual(vectors?.form_valid.map(({ name, signature: expected }) => [name, expected]))
})

test('the official SDK accepts every signature', () => {
  const params = fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { maxKeys: 8 })
  fc.assert(
    fc.property(params, (form) => {
      const signed = signature(TOKEN, URL_, pairs(form))
      expect(twilio.validateRequest(TOKEN, signed, URL_, form)).toBe(true)
    }),
  )
})

test.each([
  ['nothing', '', 1],
  ['160 of GSM-7', 'a'.repeat(160), 1],
  ['161 of GSM-7', 'a'.repeat(161), 2],
  ['306 of GSM-7', 'a'.repeat(306), 2],
  ['307 of GSM-7', 'a'.repeat(307), 3],
  ['80 euro signs', '€'.repeat(80), 1],
  ['81 euro signs', '€'.repeat(81), 2],
  ['a pair at the seam moves on as a whole', `${'a'.repeat(152)}${'€'.repeat(77)}`, 3],
  ['70 of UCS-2', 'я'.repeat(70), 1],
  ['71 of UCS-2', 'я'.repeat(71), 2],
  ['35 emoji', '🎉'.repeat(35), 1],
  ['36 emoji', '🎉'.repeat(36), 2],
  ['67 emoji: 33 fit a part', '🎉'.repeat(67), 3],
])('segments: %s', (_name, body, expected) => {
  expect(segmentsOf(body)).toBe(expected)
})
