import { createHmac } from 'node:crypto'

/**
 * `X-Twilio-Signature` of a form request: the URL as it was configured, then every parameter's name and value in
 * order of the name; of a repeated name each distinct value once, in order (Twilio docs, "Webhooks security").
 */
export function signature(token: string, url: string, params: Iterable<readonly [string, string]>): string {
  const values = new Map<string, Set<string>>()
  for (const [name, value] of params) values.set(name, (values.get(name) ?? new Set()).add(value))
  const text = [...values.keys()]
    .sort()
    .flatMap((name) => [...(values.get(name) ?? [])].sort().map((value) => name + value))
    .join('')
  return createHmac('sha1', token).update(`${url}${text}`, 'utf8').digest('base64')
}
