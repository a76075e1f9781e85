import { ApiError } from '@onerouter/core'
import { type Actor, actingStatements } from '../audit/acting.ts'
import type { Limiter } from '../limits/limiter.ts'
import { deriveKey } from '../secrets/derive.ts'
import type { KeySet } from '../secrets/key-set.ts'
import { seal, unseal } from '../secrets/seal.ts'
import { secondFactorPlace } from '../secrets/second-factor-place.ts'
import type { Secret } from '../secrets/secret.ts'
import type { Db } from '../store/db.ts'
import type { Queryable } from '../store/rows.ts'
import { admit, type Member, wrong } from './people.ts'
import { hashRecoveryCode, mintRecoveryCodes } from './recovery-codes.ts'
import {
  confirmSecret,
  findSecondFactor,
  putRecoveryHashes,
  putSecret,
  removeSecondFactor,
  resetSecondFactor,
  type SecondFactorRow,
  useRecoveryCode,
  useStep,
} from './second-factor-store.ts'
import { matchingStep, SECRET_BYTES } from './totp.ts'

/** Time-based codes and recovery codes of members. Who asks has been proven, and so has their password where it matters. */
export interface SecondFactors {
  /** What is in force: `null` before a first code has confirmed it. */
  inForce(member: Member): Promise<InForce | null>
  /** A new secret, told this once. @throws ApiError invalid_state while one is in force */
  begin(by: ActingMember): Promise<Uint8Array>
  /** @returns the recovery codes, told this once. @throws ApiError invalid_request, invalid_state, rate_limit_exceeded */
  confirm(by: ActingMember, code: string): Promise<readonly string[]>
  /** Whether the code is right; a right one is used up. @throws ApiError rate_limit_exceeded */
  verify(by: ActingMember, code: string): Promise<boolean>
  /** @throws ApiError invalid_request for a wrong code, invalid_state without a second factor, rate_limit_exceeded */
  replaceRecoveryCodes(by: ActingMember, code: string): Promise<readonly string[]>
  /** @throws as `replaceRecoveryCodes` */
  disable(by: ActingMember, code: string): Promise<void>
  /** Takes away somebody else's. `false` when there is none. */
  reset(actor: Actor, member: Member): Promise<boolean>
}

export interface InForce {
  readonly since: Date
  readonly recoveryCodesLeft: number
}
export interface ActingMember {
  readonly member: Member
  readonly actor: Actor
}

export interface SecondFactorDeps {
  readonly db: Db
  readonly secretKey: Secret
  readonly encryption: KeySet
  readonly limiter: Limiter
  readonly now: () => number
  readonly random: (bytes: number) => Uint8Array
}

/** Of one person, from wherever they come: a million codes and a window of three leave a guesser no hope. */
const TRIES = { perMinute: 5, perDay: 100 }
const IV_BYTES = 12

export function createSecondFactors(deps: SecondFactorDeps): SecondFactors {
  const { db } = deps
  const recoveryKey = deriveKey(deps.secretKey, 'recovery-code')
  const reading: Queryable = { query: (one) => db.engine.query({ ...one, values: [...one.values] }) }
  const writing = (actor: Actor): Queryable => actingStatements(db.engine, actor)
  const admitTry = ({ accountId, personId }: Member) =>
    admit(deps.limiter, `second-factor:${accountId}:${personId}`, TRIES)
  const stepOf = (row: SecondFactorRow, code: string) =>
    matchingStep(unseal(deps.encryption, secondFactorPlace(row), row.sealed), code, deps.now())

  async function isRight({ member, actor }: ActingMember, code: string): Promise<boolean> {
    const row = await findSecondFactor(reading, member)
    if (row === null || row.confirmed_at === null) return false
    const step = stepOf(row, code)
    if (step !== undefined) return useStep(writing(actor), member, step)
    const hash = hashRecoveryCode(recoveryKey, code)
    return hash !== undefined && (await useRecoveryCode(writing(actor), member, hash))
  }

  async function assertRight(by: ActingMember, code: string): Promise<void> {
    await admitTry(by.member)
    const row = await findSecondFactor(reading, by.member)
    if (row === null || row.confirmed_at === null) {
      throw new ApiError('invalid_state', 'There is no second factor to change.')
    }
    if (!(await isRight(by, code))) throw wrongCode()
  }

  function newCodes() {
    const codes = mintRecoveryCodes(deps.random)
    const hashes = codes.flatMap((code) => hashRecoveryCode(recoveryKey, code) ?? [])
    return { codes, hashes }
  }

  return {
    async inForce(member) {
      const row = await findSecondFactor(reading, member)
      if (row === null || row.confirmed_at === null) return null
      return { since: row.confirmed_at, recoveryCodesLeft: row.recovery_codes_left }
    },
    async begin({ member, actor }) {
      const secret = deps.random(SECRET_BYTES)
      const place = secondFactorPlace({ account_id: member.accountId, person_id: member.personId })
      const sealed = seal(deps.encryption, place, secret, deps.random(IV_BYTES))
      if (await putSecret(writing(actor), member, sealed, new Date(deps.now()))) return secret
      throw new ApiError('invalid_state', 'A second factor is on; turn it off before you set up another.')
    },
    async confirm({ member, actor }, code) {
      await admitTry(member)
      const row = await findSecondFactor(reading, member)
      if (row === null || row.confirmed_at !== null) throw nothingToConfirm()
      const step = stepOf(row, code)
      if (step === undefined) throw wrongCode()
      const { codes, hashes } = newCodes()
      const confirmed = { step, recoveryHashes: hashes, at: new Date(deps.now()) }
      if (!(await confirmSecret(writing(actor), member, confirmed))) throw nothingToConfirm()
      return codes
    },
    async verify(by, code) {
      await admitTry(by.member)
      return isRight(by, code)
    },
    async replaceRecoveryCodes(by, code) {
      await assertRight(by, code)
      const { codes, hashes } = newCodes()
      await putRecoveryHashes(writing(by.actor), by.member, hashes)
      return codes
    },
    async disable(by, code) {
      await assertRight(by, code)
      await removeSecondFactor(writing(by.actor), by.member)
    },
    reset: (actor, member) => resetSecondFactor(writing(actor), member),
  }
}

const wrongCode = () => wrong('/code', 'is not right, or was used before; wait for the next one')
const nothingToConfirm = () =>
  new ApiError('invalid_state', 'There is no secret that waits for its first code.')
