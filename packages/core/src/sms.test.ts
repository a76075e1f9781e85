import { expect, test } from 'vitest'
import { isSmsFinal, nextSmsStatuses, SMS_STATUSES, stepSms } from './sms.ts'

test('a message never goes back, whatever order its callbacks come in', () => {
  expect(stepSms('queued', 'sent')).toEqual({ kind: 'moved', to: 'sent' })
  expect(stepSms('queued', 'delivered')).toEqual({ kind: 'moved', to: 'delivered' })
  expect(stepSms('delivered', 'sent')).toEqual({ kind: 'stale' })
  expect(stepSms('sent', 'queued')).toEqual({ kind: 'stale' })
  expect(stepSms('sent', 'sent')).toEqual({ kind: 'same' })
  expect(stepSms('delivered', 'failed')).toEqual({ kind: 'impossible', from: 'delivered', to: 'failed' })
})

test('what is final goes nowhere', () => {
  expect(SMS_STATUSES.filter(isSmsFinal)).toEqual(['delivered', 'undelivered', 'failed'])
  for (const status of SMS_STATUSES) expect(nextSmsStatuses(status).length === 0).toBe(isSmsFinal(status))
})
