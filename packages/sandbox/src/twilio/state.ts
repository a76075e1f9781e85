import { HEX } from '../kernel/random.ts'
import type { World } from '../kernel/types.ts'

/** Message statuses this emulator uses; `read` belongs to channels it does not speak. */
export type MessageStatus =
  | 'accepted'
  | 'scheduled'
  | 'queued'
  | 'sending'
  | 'sent'
  | 'delivered'
  | 'undelivered'
  | 'failed'
  | 'canceled'
  | 'received'

/** Times are milliseconds since the epoch. */
export interface MessageRow {
  readonly sid: string
  /** The sandbox's account id, not Twilio's. */
  readonly account: string
  readonly direction: 'outbound-api' | 'inbound'
  readonly to: string
  /** Null until a Messaging Service has picked its sender. */
  from: string | null
  readonly serviceSid: string | null
  body: string
  readonly media: number
  /** 0 until a sender was picked. */
  segments: number
  status: MessageStatus
  errorCode: number | null
  /** Hundred-thousandths of a dollar, written as Twilio writes it ("-0.00790"); null until billed. */
  price: string | null
  readonly createdAt: number
  updatedAt: number
  sentAt: number | null
  /** As the caller configured it, connection overrides included. */
  readonly callback: string | null
  readonly validitySeconds: number
}

export interface KeyRow {
  readonly sid: string
  readonly account: string
  readonly friendlyName: string
  readonly secret: string
  readonly createdAt: number
}

/** Twilio's tables over one world. */
export function openState(world: World) {
  return {
    messages: world.collection<MessageRow>('twilio.messages'),
    keys: world.collection<KeyRow>('twilio.keys'),
    /** `account sender phone` of every phone that answered STOP to that sender. */
    optOuts: world.collection<{ readonly at: number }>('twilio.opt_outs'),
  }
}

/** Everything the emulator's parts share. */
export interface Twilio {
  readonly world: World
  readonly state: ReturnType<typeof openState>
  /** An identifier in Twilio's form: two letters and 32 hexadecimal digits. */
  sid(prefix: string): string
  /** One of the account's credentials. */
  credential(account: string, field: 'account_sid' | 'auth_token' | 'from_number'): string
}

export function createContext(world: World): Twilio {
  return {
    world,
    state: openState(world),
    sid: (prefix) => `${prefix}${world.random.text(HEX, 32)}`,
    credential: (account, field) => world.account(account)?.credentials[field] ?? '',
  }
}
