import { existsSync, readFileSync } from 'node:fs'

const REFERENCE = new URL('../../../../../shared/reference/', import.meta.url)

/** Whether the reference data lie beside the project; tests that need them skip, and say so, without. */
export const hasReference = existsSync(REFERENCE)
if (!hasReference)
  console.warn('SKIPPED: ../shared/reference is absent (recorded Twilio requests and schemas)')

/** A JSON file of the reference, or null where it is absent. */
export const readReference = (path: string): unknown =>
  hasReference ? JSON.parse(readFileSync(new URL(path, REFERENCE), 'utf8')) : null
