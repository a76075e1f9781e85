import { parseId } from '@onerouter/core'

/** When an operation of ours was made: its id carries the time (UUIDv7), so no clock needs to be asked. */
export function madeAtMs(reference: string): number | null {
  const uuid = parseId('operation', reference)
  return uuid === undefined ? null : Number.parseInt(uuid.replace('-', '').slice(0, 12), 16)
}
