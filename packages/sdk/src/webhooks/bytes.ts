export type Bytes = Uint8Array<ArrayBuffer>

/** What was received, before anything parsed it. */
export type WebhookBody = string | Uint8Array | ArrayBuffer

const encoder = new TextEncoder()

/** Standard base64, with or without padding; `undefined` for anything else. */
export function fromBase64(text: string): Bytes | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
  } catch {
    return undefined
  }
}

export function toBase64(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)))
}

export function utf8(text: string): Bytes {
  return encoder.encode(text)
}

/** The raw bytes; `undefined` for what somebody has parsed already. */
export function bytesOf(body: unknown): Bytes | undefined {
  if (typeof body === 'string') return utf8(body)
  if (body instanceof Uint8Array) return new Uint8Array(body)
  if (body instanceof ArrayBuffer) return new Uint8Array(body)
  return undefined
}

/** `id.timestamp.body`: what Standard Webhooks sign. */
export function signedContent(id: string, timestamp: string, body: Bytes): Bytes {
  const prefix = utf8(`${id}.${timestamp}.`)
  const content = new Uint8Array(prefix.length + body.length)
  content.set(prefix)
  content.set(body, prefix.length)
  return content
}
