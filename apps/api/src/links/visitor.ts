import { createHash } from 'node:crypto'

const NAME = 'onerouter_payer'
const TOKEN = /^[A-Za-z0-9_-]{22}$/
const TOKEN_BYTES = 16
const KEPT_S = 30 * 86_400

/** A browser that has opened a link; its attempt to pay is found again by this, and by nothing else. */
export interface Visitor {
  readonly token: string
  /** What the database knows of the token. */
  readonly hash: string
}

/** The browser behind a request; `null` for one that has not been here, or carries two tokens. */
export function visitorOf(cookies: string | undefined): Visitor | null {
  const found = (cookies ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(`${NAME}=`))
    .map((part) => part.slice(NAME.length + 1))
  const [token] = found
  return found.length === 1 && token !== undefined && TOKEN.test(token) ? visitorNamed(token) : null
}

export function newVisitor(random: (bytes: number) => Uint8Array): Visitor {
  return visitorNamed(Buffer.from(random(TOKEN_BYTES)).toString('base64url'))
}

/** Lax, because the payer comes back from the provider by a link of theirs; kept to the one link's addresses. */
export function visitorCookie(visitor: Visitor, address: URL): string {
  const secure = address.protocol === 'https:' ? '; Secure' : ''
  return `${NAME}=${visitor.token}; Path=${address.pathname}; HttpOnly; SameSite=Lax; Max-Age=${KEPT_S}${secure}`
}

const visitorNamed = (token: string): Visitor => ({
  token,
  hash: createHash('sha256').update(token).digest('base64url'),
})
