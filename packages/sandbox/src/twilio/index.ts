import { HEX } from '../kernel/random.ts'
import type { CreateEmulator } from '../kernel/types.ts'
import { signCallback } from './callbacks.ts'
import { messageEntry } from './entities.ts'
import { errorBody } from './errors.ts'
import { registerMessageTasks, simulateMessage } from './lifecycle.ts'
import { phonePages } from './pages.ts'
import { answer } from './routes.ts'
import { createContext } from './state.ts'

/** Twilio Programmable Messaging: messages, their status callbacks, opt-outs and test phones, emulated. */
export const createTwilio: CreateEmulator = (world) => {
  const tw = createContext(world)
  registerMessageTasks(tw)
  return {
    provider: 'twilio',
    api: (request) => answer(tw, request),
    pages: (request) => phonePages(tw, request),
    newCredentials: (random) => ({
      account_sid: `AC${random.text(HEX, 32)}`,
      auth_token: random.text(HEX, 32),
      // Area code 555 belongs to nobody.
      from_number: `+1555${random.text('23456789', 1)}${random.text('0123456789', 6)}`,
    }),
    signWebhook: (delivery) => signCallback(tw, delivery),
    simulate: () => ({ ok: false, reason: 'Twilio takes no payments' }),
    book: () => [],
    simulateMessage: (account, sid, action) => simulateMessage(tw, account, sid, action),
    messages: (account) =>
      [...tw.state.messages.values()].filter((row) => row.account === account).map(messageEntry),
    errorBody,
  }
}
