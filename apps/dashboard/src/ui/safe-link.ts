/** An address from outside as a link's target: only https, so that no text of a provider becomes a script. */
export function httpsOnly(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url?.protocol === 'https:' ? url.href : undefined
}
