/** Markup that is already safe to put into a page. */
export interface Markup {
  readonly markup: string
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? '')

type Part = string | number | null | undefined | Markup | readonly Markup[]

function render(part: Part): string {
  if (part === null || part === undefined) return ''
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part))
  if ('markup' in part) return part.markup
  return part.map((piece) => piece.markup).join('')
}

/** Tagged template: every value is escaped unless it is `Markup` itself. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const pieces = strings.map((text, i) => (i < parts.length ? text + render(parts[i]) : text))
  return { markup: pieces.join('') }
}

/** A script's text, for a page whose CSP names `nonce`; JSON inside it must be escaped by `scriptJson`. */
export const script = (nonce: string, text: string): Markup => ({
  markup: `<script nonce="${escapeHtml(nonce)}">${text}</script>`,
})

/** A value as a JavaScript literal that cannot close its script element. */
export const scriptJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

const STYLE = `
:root { color-scheme: light dark; --accent: #4353ff; --bg: #f4f5f9; --card: #fff; --ink: #16181d;
  --dim: #5d6373; --line: #d9dce5; --bad: #b3202f; }
@media (prefers-color-scheme: dark) {
  :root { --bg: #101217; --card: #191c23; --ink: #eceef4; --dim: #9aa1b2; --line: #323846; --bad: #ff7a86; }
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem;
  background: var(--bg); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { width: min(27rem, 100%); background: var(--card); border: 1px solid var(--line);
  border-top: 4px solid var(--accent); border-radius: 14px; padding: 1.6rem; }
h1 { font-size: 1.15rem; margin: 0 0 .2rem; }
h2 { font-size: 1rem; margin: 1.3rem 0 .5rem; }
p { margin: .3rem 0; color: var(--dim); }
.amount { font-size: 2rem; font-weight: 650; color: var(--ink); }
form { display: grid; gap: .7rem; margin-top: 1rem; }
label { display: grid; gap: .25rem; font-size: .9rem; color: var(--dim); }
input, select, button { font: inherit; padding: .55rem .7rem; border: 1px solid var(--line);
  border-radius: 8px; }
input, select { background: var(--bg); color: var(--ink); width: 100%; }
button { font-weight: 600; background: transparent; color: var(--ink); cursor: pointer; }
button.primary { background: var(--accent); border-color: var(--accent); color: #fff; }
.row { display: flex; flex-wrap: wrap; gap: .6rem; }
.row > * { flex: 1 1 7rem; }
:is(button, input, select):focus-visible { outline: 3px solid var(--accent); outline-offset: 1px; }
.error { color: var(--bad); }
.note { font-size: .8rem; margin-top: 1.4rem; border-top: 1px solid var(--line); padding-top: .8rem; }
table { width: 100%; border-collapse: collapse; font-size: .9rem; }
td, th { text-align: left; padding: .3rem .4rem; border-bottom: 1px solid var(--line);
  overflow-wrap: anywhere; }
code { font-size: .85em; }
`

export interface Page {
  readonly title: string
  readonly body: Markup
  /** CSS colour of the provider's bar and main button. */
  readonly accent?: string
}

/** A complete document: inline style only, no script, and a line that says no money moves here. */
export function page({ title, body, accent }: Page): string {
  const colour = accent !== undefined && /^#[0-9a-f]{3,8}$/i.test(accent) ? `:root{--accent:${accent}}` : ''
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${STYLE}${colour}</style></head>
<body><main>${body.markup}<p class="note">Sandbox: no real money moves here.</p></main></body></html>
`
}
