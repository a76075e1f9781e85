/** Texts that would be markup, scripts or addresses if anything let them, and a page that is watched for it. */
import type { Page } from 'playwright-core'

/** In every text, so that it can be found on a page. */
export const MARK = 'pwned'

export const HOSTILE_TEXTS: readonly string[] = [
  '<img src=x onerror="window.pwned=1">',
  '</script><script>window.pwned=1</script>',
  '<svg/onload=window.pwned=1>',
  '"><a href="javascript:window.pwned=1">x</a>',
  `' autofocus onfocus=window.pwned=1 x='`,
  'javascript:window.pwned=1//',
  'data:text/html,<script>top.pwned=1</script>',
  '\u202e\u2066<b onclick=pwned=1>\u2028\u200b\ufeffpwned\u2069',
  '＜script＞window.pwned=1＜/script＞ \u{1f600}',
  '&lt;script&gt;window.pwned=1&lt;/script&gt;',
  `{{constructor.constructor('window.pwned=1')()}}\${window.pwned=1}`,
  '<!--<script>window.pwned=1',
  '<math><mi xlink:href="javascript:window.pwned=1">',
]

export interface Watched {
  /** Dialogs, refused scripts, and whatever else the page should not have tried. */
  readonly alarms: string[]
  /** What is on the page right now that only an injected text can have put there. */
  inspect(): Promise<readonly string[]>
}

/** Watches a page from before its first byte. */
export async function watchForInjection(page: Page): Promise<Watched> {
  const alarms: string[] = []
  page.on('dialog', (dialog) => {
    alarms.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  await page.exposeFunction('alarm', (text: string) => alarms.push(text))
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) => {
      const { alarm } = globalThis as unknown as { alarm: (text: string) => void } // exposed just above
      alarm(`policy: ${violatedDirective} ${blockedURI} ${sample}`)
    })
  })
  return { alarms, inspect: () => page.evaluate(findInjected) }
}

/** Runs in the page. */
function findInjected(): readonly string[] {
  const found = 'pwned' in window ? ['a script ran'] : []
  for (const element of document.querySelectorAll('*')) {
    const name = element.tagName.toLowerCase()
    for (const { name: attribute, value } of element.attributes) {
      if (/^on/i.test(attribute)) found.push(`<${name} ${attribute}>`)
      const leads = ['href', 'src', 'action', 'formaction', 'xlink:href', 'data'].includes(attribute)
      if (leads && /^[\s\p{Cc}\p{Cf}]*(?:javascript|vbscript|data:text)/iu.test(value)) {
        found.push(`<${name} ${attribute}="${value}">`)
      }
    }
    const source = name === 'script' && !(element as HTMLScriptElement).nonce && !element.getAttribute('src')
    if (source || name === 'math' || name === 'iframe' || name === 'object') found.push(`<${name}>`)
  }
  return found
}
