import { createSecretKey } from 'node:crypto'
import type { Uuid } from '@onerouter/core'
import type { KeySet } from '../secrets/key-set.ts'
import { type Sealed, seal, unseal } from '../secrets/seal.ts'
import { type SecretRef, webhookSecretPlace } from '../secrets/webhook-secret-place.ts'
import { ed25519FromSeed, publicBytes, type SigningKey, showSecret } from './sign.ts'

export interface NewSecret {
  readonly id: Uuid
  /** `whsec_…`, shown once. */
  readonly shown: string
  readonly sealed: Sealed
  readonly publicKey: Buffer
}

const SECRET_BYTES = 32
const SEED_BYTES = 32
const IV_BYTES = 12

/** A shared secret and an ed25519 seed, sealed together. */
export function makeSecret(keys: KeySet, random: (bytes: number) => Uint8Array, ref: SecretRef): NewSecret {
  const plain = random(SECRET_BYTES + SEED_BYTES)
  return {
    id: ref.id,
    shown: showSecret(plain.subarray(0, SECRET_BYTES)),
    sealed: seal(keys, webhookSecretPlace(ref), plain, random(IV_BYTES)),
    publicKey: publicBytes(ed25519FromSeed(plain.subarray(SECRET_BYTES))),
  }
}

export function openSecret(keys: KeySet, ref: SecretRef, sealed: Uint8Array): SigningKey {
  const plain = unseal(keys, webhookSecretPlace(ref), sealed)
  return {
    secret: createSecretKey(plain.subarray(0, SECRET_BYTES)),
    ed25519: ed25519FromSeed(plain.subarray(SECRET_BYTES, SECRET_BYTES + SEED_BYTES)),
  }
}

const KEPT_MAX = 10_000

/** Opens secrets once: what an id stands for never changes. Which of them are live is read with every claim. */
export function createKeyring(
  keys: KeySet,
): (owner: Omit<SecretRef, 'id'>, secret: { readonly id: Uuid; readonly sealed: string }) => SigningKey {
  const opened = new Map<Uuid, SigningKey>()
  return (owner, { id, sealed }) => {
    const known = opened.get(id)
    if (known !== undefined) return known
    if (opened.size >= KEPT_MAX) opened.clear()
    const key = openSecret(keys, { ...owner, id }, Buffer.from(sealed, 'base64'))
    opened.set(id, key)
    return key
  }
}
