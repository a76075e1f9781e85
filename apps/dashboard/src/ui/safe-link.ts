/** An address from outside as a link's target: only https, so that no text of a provider becomes a script. */
export const httpsOnly = (text: string): string | undefined => addressOf(text, ['https:'])

/** The address of a payer's page. The sandbox's own, on this machine, are not encrypted. */
export const webPage = (text: string | null): string | undefined =>
  text === null ? undefined : addressOf(text, ['https:', 'http:'])

function addressOf(text: string, protocols: readonly string[]): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url !== undefined && protocols.includes(url.protocol) ? url.href : undefined
}
