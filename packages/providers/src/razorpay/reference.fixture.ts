import { existsSync, readFileSync } from 'node:fs'

const FOLDER = new URL('../../../../../shared/reference/', import.meta.url)

/** Whether the reference data lies beside the project; tests that need it skip visibly where it does not. */
export const referencePresent = existsSync(FOLDER)
if (!referencePresent)
  console.warn('SKIPPED: ../shared/reference is absent (Razorpay texts, schemas, recordings)')

/** A JSON file of the reference; tests know its shape, TypeScript cannot. */
export function readReference<T>(path: string): T {
  return JSON.parse(readFileSync(new URL(path, FOLDER), 'utf8')) as T
}
