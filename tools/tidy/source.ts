/** A source file as the rules see it. */

/**
 * `path` is relative to the root, with forward slashes. `code` is `text` with comments and literals blanked. `test`:
 * a test, or what only tests use.
 */
export type Source = { path: string; text: string; code: string; test: boolean }

/** One broken rule: where, what, and what to do instead. */
export type Finding = { path: string; line: number; message: string }

export function makeSource(path: string, text: string): Source {
  return { path, text, code: blank(text), test: isTest(path) || testImport.test(text) }
}

/** Whoever uses these serves tests: the conformance suite, property suites, checks against specifications. */
const testImport = /from '(?:vitest|fast-check|ajv)'/

function isTest(path: string): boolean {
  return (
    /\.test\.tsx?$|\/test-[a-z-]+\.ts$|\/testing\/|\/conformance(?:\/|\.ts$)/.test(path) ||
    path.startsWith('test/')
  )
}

/** The line number of an offset. */
export function lineAt(text: string, offset: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1
  return line
}

/**
 * Comments, quoted strings and regular expressions, in the order in which they may contain one another. A template
 * keeps its `${…}` parts out of the rules' sight too: rare, and reviewers see them.
 */
const opaque =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`|(?<=[=(,:[!&|?{};\n]\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])+\/[a-z]*/g

/** Replaces what is not code by spaces; quotes, offsets and line ends stay where they are. */
function blank(text: string): string {
  return text.replace(opaque, (part) => {
    const quote = /^['"`]/.exec(part)?.[0]
    const inner = quote === undefined ? part : part.slice(1, -1)
    const blanked = inner.replace(/[^\n]/g, ' ')
    return quote === undefined ? blanked : `${quote}${blanked}${quote}`
  })
}
