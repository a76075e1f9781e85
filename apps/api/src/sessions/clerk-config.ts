import { createPublicKey, type KeyObject } from 'node:crypto'
import type { ClerkInstance } from './clerk-token.ts'

const RSA_BITS_MIN = 2048

/** Reads a Clerk instance from its two public values. @returns the problems in words, when there are any */
export function readClerk(
  publishableKey: string | undefined,
  jwtKey: string,
): ClerkInstance | { readonly problems: readonly string[] } {
  const host = publishableKey === undefined ? undefined : frontendApiOf(publishableKey)
  const key = publicKey(jwtKey)
  const problems = [
    ...(host === undefined
      ? [
          'CLERK_JWT_KEY needs NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY, a pk_test_… or pk_live_… of the same instance.',
        ]
      : []),
    ...(key === undefined
      ? ['CLERK_JWT_KEY must be the PEM public key of the Clerk instance (RSA, 2048 bits or more).']
      : []),
  ]
  if (publishableKey === undefined || host === undefined || key === undefined) return { problems }
  return { publishableKey, issuer: `https://${host}`, jwtKey: key }
}

/** A publishable key is the name of the instance's Frontend API in base 64, with a `$` behind it. */
export function frontendApiOf(publishableKey: string): string | undefined {
  const encoded = /^pk_(?:test|live)_([A-Za-z0-9+/=]{4,400})$/.exec(publishableKey)?.[1]
  const text = Buffer.from(encoded ?? '', 'base64').toString('latin1')
  return /^((?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,})\$$/.exec(text)?.[1]
}

/** One line with `\n` in it is how many hosts keep a PEM. */
function publicKey(pem: string): KeyObject | undefined {
  try {
    const key = createPublicKey(pem.replaceAll('\\n', '\n'))
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
    return key.asymmetricKeyType === 'rsa' && bits >= RSA_BITS_MIN ? key : undefined
  } catch {
    return undefined // the caller says in words what is wrong
  }
}
