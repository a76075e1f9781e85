import { defineProvider } from '../spec.ts'
import { credentials } from './credentials.ts'
import { messages } from './messages.ts'
import { raw } from './raw.ts'
import { webhooks } from './webhooks.ts'

const ORIGIN = 'https://api.twilio.com'

/** Twilio: text messages and their callbacks. Test and live share one host. */
export const twilio = defineProvider({
  name: 'twilio',
  label: 'Twilio',
  origin: { test: ORIGIN, live: ORIGIN },
  credentials,
  messages,
  webhooks,
  raw,
})
