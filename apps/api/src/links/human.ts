import type { IncomingHttpHeaders } from 'node:http'

/** Fetchers that make previews and indexes; some of them call themselves a browser as well. */
const ROBOT =
  /bot\b|bot[/-]|crawl|spider|preview|facebookexternalhit|facebookcatalog|whatsapp\/|slack-|skypeuri|embedly|pinterest|vkshare|iframely|google-|safelinks|curl|wget|python|httpclient|go-http|java\/|axios|undici|^node/i

/**
 * Whether a person's browser is opening a page, as far as headers can tell: it navigates there itself and is not
 * fetching ahead. Where a browser does not say (old ones, plain http), opening counts when the payer presses Pay.
 * Fetch Metadata (W3C) sections 2.1-2.4; `Sec-Purpose: prefetch` of Fetch and of Speculation Rules.
 */
export function opensAsPerson(method: string, headers: IncomingHttpHeaders): boolean {
  if (method !== 'GET') return false
  const purpose = [headers['sec-purpose'], headers['purpose'], headers['x-purpose'], headers['x-moz']].join(
    ' ',
  )
  if (/prefetch|prerender|preview/i.test(purpose)) return false
  const agent = headers['user-agent'] ?? ''
  if (agent === '' || ROBOT.test(agent)) return false
  return headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
}

/** Whether a form may have been sent from a page of ours: browsers that tell must say so. */
export function sentFromHere(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site']
  return site === undefined || site === 'same-origin' || site === 'none'
}
