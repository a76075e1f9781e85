import type { ClerkInstance } from './auth.ts'

/** The part of ClerkJS that is used: whether somebody is signed in there, and the way to its own pages. */
interface Clerk {
  load(): Promise<void>
  readonly session: { getToken(): Promise<string | null> } | null | undefined
  redirectToSignIn(options: { readonly signInForceRedirectUrl: string }): Promise<unknown>
}

/** ClerkJS of this major version, without its components: the pages to sign in with are Clerk's own. */
const SCRIPT = '/npm/@clerk/clerk-js@5/dist/clerk.headless.browser.js'
const TIMEOUT_MS = 15_000

/** Loads the script from the instance itself. The page's policy lets scripts of ours load others, and nobody else. */
async function loadClerk({ publishable_key, frontend_api }: ClerkInstance): Promise<Clerk> {
  const script = document.createElement('script')
  script.src = frontend_api + SCRIPT
  script.async = true
  script.crossOrigin = 'anonymous'
  script.setAttribute('data-clerk-publishable-key', publishable_key)
  await new Promise<void>((resolve, reject) => {
    const fail = () => reject(new Error('Clerk does not answer; try again in a moment.'))
    window.setTimeout(fail, TIMEOUT_MS)
    script.addEventListener('load', () => resolve())
    script.addEventListener('error', fail)
    document.head.append(script)
  })
  const { Clerk: clerk } = window as unknown as { readonly Clerk: Clerk } // the script's only export
  await clerk.load()
  return clerk
}

/**
 * The token of whoever is signed in at Clerk. Nobody is: leads to Clerk's own pages, which lead back here.
 * @throws Error with a sentence for the person who tries
 */
export async function clerkToken(instance: ClerkInstance): Promise<string | null> {
  const clerk = await loadClerk(instance)
  if (clerk.session !== null && clerk.session !== undefined) return clerk.session.getToken()
  await clerk.redirectToSignIn({ signInForceRedirectUrl: window.location.origin + window.location.pathname })
  return null
}

const KEPT_AS = 'onerouter-invitation'

/** The invitation of this tab. It is kept aside: no address on the way to Clerk and back may carry it. */
export function keptInvitation(): string {
  const given = window.location.hash.slice(1)
  if (given !== '') window.sessionStorage.setItem(KEPT_AS, given)
  return window.sessionStorage.getItem(KEPT_AS) ?? ''
}

export const forgetInvitation = (): void => window.sessionStorage.removeItem(KEPT_AS)
