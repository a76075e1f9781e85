/**
 * The untouched text of one member of a JSON object. A delivery's signature covers bytes, so parsing and
 * printing `webhook_event` again would refuse genuine events (`1.0` becomes `1`, escapes change).
 *
 * `text` must be valid JSON (the caller parsed it); `undefined` when it has no such member at the top.
 */
export function rawMember(text: string, name: string): string | undefined {
  let found: string | undefined
  let at = skipSpace(text, 0) + 1
  while (at < text.length) {
    at = skipSpace(text, at)
    if (text[at] !== '"') return found
    const keyEnd = endOfString(text, at)
    const key: unknown = JSON.parse(text.slice(at, keyEnd))
    const start = skipSpace(text, skipSpace(text, keyEnd) + 1)
    const end = endOfValue(text, start)
    // As in JSON.parse, the last of several equal names counts.
    if (key === name) found = text.slice(start, end)
    at = skipSpace(text, end) + 1
  }
  return found
}

function skipSpace(text: string, from: number): number {
  let at = from
  while (at < text.length && /[\s]/.test(text.charAt(at))) at += 1
  return at
}

/** The index after the closing quote of the string that opens at `from`. */
function endOfString(text: string, from: number): number {
  let at = from + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at + 1
}

function endOfValue(text: string, from: number): number {
  let depth = 0
  let at = from
  while (at < text.length) {
    const char = text.charAt(at)
    if (char === '"') {
      at = endOfString(text, at)
      if (depth === 0) return at
      continue
    }
    if (char === '{' || char === '[') depth += 1
    if (depth === 0 && /[\s,}\]]/.test(char)) return at
    at += 1
    if (char === '}' || char === ']') {
      depth -= 1
      if (depth === 0) return at
    }
  }
  return at
}
