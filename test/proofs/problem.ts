import { ERROR_CODES } from '@onerouter/contract'
import { parseId } from '@onerouter/core'
import type { LightMyRequestResponse } from 'fastify'
import { expect } from 'vitest'

/** What every refusal owes its caller. */
export function expectProblem(
  answer: LightMyRequestResponse,
  status: number,
  code: string,
  pointer?: string,
): void {
  expect({ status: answer.statusCode, code: answer.json().code }, answer.body).toEqual({ status, code })
  expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8')
  const problem = answer.json()
  expect(ERROR_CODES).toContain(problem.code)
  expect(problem.request_id).toBe(answer.headers['request-id'])
  expect(parseId('request', problem.request_id)).toBeDefined()
  if (pointer !== undefined)
    expect(problem.errors?.map((one: { pointer: string }) => one.pointer)).toContain(pointer)
}
