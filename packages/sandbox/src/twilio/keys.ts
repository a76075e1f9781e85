import { BASE62 } from '../kernel/random.ts'
import { keyEntity } from './entities.ts'
import { text } from './fields.ts'
import type { Twilio } from './state.ts'

/** `POST …/Keys.json`: a standard API key; its secret is shown this once. */
export function createKey(tw: Twilio, account: string, form: URLSearchParams): object {
  const row = {
    sid: tw.sid('SK'),
    account,
    friendlyName: (text(form, 'FriendlyName') ?? '').slice(0, 64),
    secret: tw.world.random.text(BASE62, 32),
    createdAt: tw.world.clock.now(),
  }
  tw.state.keys.set(row.sid, row)
  return { ...keyEntity(row), secret: row.secret }
}
