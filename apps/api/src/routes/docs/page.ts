/** HTML in which everything that is not a literal of ours is escaped. */
export interface Html {
  readonly html: string
}
type Part = string | number | Html | readonly Html[]

export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: strings.reduce((text, literal, i) => text + render(parts[i - 1]) + literal) }
}

function render(part: Part | undefined): string {
  if (part === undefined) return ''
  if (typeof part === 'object') return 'html' in part ? part.html : part.map(render).join('')
  return escapeText(String(part))
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeText(text: string): string {
  return text.replaceAll(/[&<>"']/g, (letter) => ENTITIES[letter] ?? letter)
}

/** A whole page. Its one style sheet comes from here too, so that it reads the same without a network. */
export function page(title: string, body: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="/docs/style.css">
</head>
<body>
${body}
</body>
</html>
`.html
}

export const STYLE = `:root { color-scheme: light dark; --line: #8884; --quiet: #777; --code: #8882; --link: #0b63ce; }
@media (prefers-color-scheme: dark) { :root { --link: #6cb2ff; --quiet: #999; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 70rem; padding: 2rem 1.25rem 6rem; font: 16px/1.55 system-ui, sans-serif; }
a { color: var(--link); }
h1 { font-size: 1.8rem; } h2 { margin-top: 3rem; border-bottom: 1px solid var(--line); padding-bottom: .3rem; }
h3 { margin: 2.2rem 0 .4rem; font-size: 1.05rem; }
code, pre { font: 13.5px/1.5 ui-monospace, monospace; background: var(--code); border-radius: 4px; }
code { padding: .1em .35em; } pre { padding: .9rem 1rem; overflow-x: auto; } pre code { padding: 0; background: none; }
table { border-collapse: collapse; width: 100%; display: block; overflow-x: auto; }
th, td { text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--line); }
nav ul { columns: 3 16rem; padding-left: 1.1rem; }
.method { font-weight: 700; } .quiet { color: var(--quiet); }
summary { cursor: pointer; } details { margin: .5rem 0; }
`
