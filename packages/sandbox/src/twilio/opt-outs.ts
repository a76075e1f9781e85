import type { MessageRow, Twilio } from './state.ts'

/** Twilio Help Center, "Twilio support for opt-out keywords (SMS STOP filtering)". */
const STOP = new Set(['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT'])
const START = new Set(['START', 'YES', 'UNSTOP'])

/** Senders are remembered one by one; a Messaging Service's numbers share its list. */
const key = (account: string, sender: string, phone: string) => `${account} ${sender} ${phone}`

type Pair = Pick<MessageRow, 'account' | 'from' | 'serviceSid' | 'to'>

const senders = ({ from, serviceSid }: Pair): string[] =>
  [from, serviceSid].filter((sender) => sender !== null)

export const isOptedOut = (tw: Twilio, pair: Pair): boolean =>
  senders(pair).some((sender) => tw.state.optOuts.has(key(pair.account, sender, pair.to)))

/** What a reply's text does to the list: one keyword alone, whatever its case. */
export function applyKeyword(tw: Twilio, pair: Pair, text: string): void {
  const word = text.trim().toUpperCase()
  for (const sender of senders(pair)) {
    const entry = key(pair.account, sender, pair.to)
    if (STOP.has(word)) tw.state.optOuts.set(entry, { at: tw.world.clock.now() })
    if (START.has(word)) tw.state.optOuts.delete(entry)
  }
}
