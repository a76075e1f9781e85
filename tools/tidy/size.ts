/** A file fits on a few screens, a function on one. */
import { type Finding, lineAt, type Source } from './source.ts'

const longestFile = 400
const longestFunction = 70

/** Files that are too long. */
export function checkFileSize(source: Source): Finding[] {
  const lines = source.text.trimEnd().split('\n').length
  if (lines <= longestFile) return []
  const message = `has ${lines} lines; ${longestFile} are the limit: split it by idea`
  return [{ path: source.path, line: longestFile + 1, message }]
}

/** Where a function's parameters or body begin: `function f(`, a method `f(…) {`, an arrow `=> {`. */
const opening =
  /\bfunction\b\s*\*?\s*([\w$]*)|^[ \t]*(?:async\s+)?([\w$]+)(?=\([^()\n]*\)[^=\n;(]*\{\s*$)|=>\s*(?=\{)/gm
const keyword = /^(?:if|for|while|switch|catch|with)$/

/** A function's place in the text: offsets of its first line and of its braces. */
type Body = { name: string; from: number; open: number; close: number }

/** Functions that are too long. Nested ones count by themselves, not for what contains them. */
export function checkFunctionSize(source: Source): Finding[] {
  if (source.test) return []
  const bodies = findBodies(source.code)
  return bodies.flatMap((body) => {
    const inner = bodies.filter((other) => other.open > body.open && other.close < body.close)
    const outermost = inner.filter(
      (one) => !inner.some((two) => two.open < one.open && two.close > one.close),
    )
    const nested = outermost.reduce((sum, one) => sum + innerLines(source.code, one), 0)
    const line = lineAt(source.code, body.from)
    const length = lineAt(source.code, body.close) - line + 1 - nested
    if (length <= longestFunction) return []
    const message = `${body.name} has ${length} lines; ${longestFunction} are the limit: branches here, work in leaves`
    return [{ path: source.path, line, message }]
  })
}

function findBodies(code: string): Body[] {
  const bodies = new Map<number, Body>()
  for (const match of code.matchAll(opening)) {
    const name = match[1] || match[2] || 'a function'
    if (keyword.test(name)) continue
    const open = bodyStart(code, match.index + match[0].length)
    if (open === undefined || bodies.has(open)) continue
    bodies.set(open, { name, from: match.index, open, close: closing(code, open) })
  }
  return [...bodies.values()]
}

/** Lines between the braces: the lines that hold them belong to the outer function. */
function innerLines(code: string, body: Body): number {
  return Math.max(0, lineAt(code, body.close) - lineAt(code, body.open) - 1)
}

/** The `{` of the body: the first one outside of brackets that is not part of a type or a parameter list. */
function bodyStart(code: string, from: number): number | undefined {
  let depth = 0
  for (let at = from; at < code.length && at < from + 4_000; at += 1) {
    const char = code[at]
    if (char === '(' || char === '[') depth += 1
    else if (char === ')' || char === ']') depth -= 1
    else if (depth < 0 || (depth === 0 && char === ';')) return undefined
    else if (char === '{') {
      // A brace after `:`, `|`, `&` or `<` opens a type, as in `(): { a: string } {`.
      if (depth === 0 && !/[:|&<,]\s*$/.test(code.slice(Math.max(0, at - 20), at))) return at
      at = closing(code, at)
    }
  }
  return undefined
}

function closing(code: string, brace: number): number {
  let depth = 0
  for (let at = brace; at < code.length; at += 1) {
    if (code[at] === '{') depth += 1
    else if (code[at] === '}') depth -= 1
    if (depth === 0) return at
  }
  return code.length - 1
}
