/** No emulated provider takes a larger body, and no test needs one. */
export const BODY_LIMIT_BYTES = 1_048_576

/** A JSON answer. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  })
}

/** An HTML answer that loads nothing, runs nothing (unless `script` is given) and may post anywhere. */
export function htmlResponse(
  status: number,
  page: string,
  options: { readonly scriptNonce?: string; readonly headers?: Record<string, string> } = {},
): Response {
  const script = options.scriptNonce === undefined ? "'none'" : `'nonce-${options.scriptNonce}'`
  return new Response(page, {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      // Browsers apply form-action to redirects too, and every pay page ends at the merchant's own address.
      'content-security-policy':
        `default-src 'none'; style-src 'unsafe-inline'; script-src ${script}; img-src data:; ` +
        `connect-src 'self'; form-action http: https:; base-uri 'none'`,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      ...options.headers,
    },
  })
}

/** 303 after a form post: the browser continues with GET. */
export function seeOther(location: string): Response {
  return new Response(null, { status: 303, headers: { location, 'cache-control': 'no-store' } })
}

/** The body as bytes, or undefined when it is larger than `limit`. */
export async function readBody(
  request: Request,
  limit = BODY_LIMIT_BYTES,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (request.body === null) return new Uint8Array()
  // A declared length was already held against the bytes by the socket's parser; reading at once is faster.
  const declared = request.headers.get('content-length')
  if (declared !== null && Number(declared) <= limit) {
    const bytes = new Uint8Array(await request.arrayBuffer())
    return bytes.byteLength > limit ? undefined : bytes
  }
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  for await (const chunk of request.body) {
    size += chunk.byteLength
    if (size > limit) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

export type JsonBody =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: 'too_large' | 'malformed' }

/** The body as JSON; an empty body is `undefined`, as with requests that carry none. */
export async function readJson(request: Request, limit = BODY_LIMIT_BYTES): Promise<JsonBody> {
  const bytes = await readBody(request, limit)
  if (bytes === undefined) return { ok: false, reason: 'too_large' }
  if (bytes.byteLength === 0) return { ok: true, value: undefined }
  try {
    return { ok: true, value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) }
  } catch {
    return { ok: false, reason: 'malformed' }
  }
}

/** `Authorization: Basic` → user and password; undefined when the header is anything else. */
export function basicAuth(
  request: Request,
): { readonly user: string; readonly password: string } | undefined {
  const match = /^Basic ([A-Za-z0-9+/]+={0,2})$/.exec(request.headers.get('authorization') ?? '')
  if (match?.[1] === undefined) return undefined
  const text = Buffer.from(match[1], 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) }
}

/** True for a plain JSON object: not null, not an array. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
