/** The session's cookie: how it is written and read (RFC 6265bis). */

/** Browsers keep a `__Host-` cookie to this very origin: no sibling domain can set or receive it. */
export const cookieName = (production: boolean): string =>
  production ? '__Host-onerouter_session' : 'onerouter_session'

/** @param maxAgeS seconds the browser keeps it; 0 removes it. */
export function writeCookie(token: string, maxAgeS: number, production: boolean): string {
  const flags = `Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAgeS}`
  return `${cookieName(production)}=${token}; ${flags}${production ? '; Secure' : ''}`
}

/** `undefined` without the cookie, and with two of them: somebody else's may be among them. */
export function readCookie(header: string | undefined, production: boolean): string | undefined {
  const prefix = `${cookieName(production)}=`
  const found = (header ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(prefix))
  return found.length === 1 ? found[0]?.slice(prefix.length) : undefined
}
