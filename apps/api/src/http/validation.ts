import { ApiError, type FieldProblem } from '@onerouter/core'
import type { FastifySchemaValidationError } from 'fastify'
import { toPointer } from './json.ts'

const ERRORS_SHOWN = 20

/**
 * Ajv's findings as a problem. Values are never repeated: they may be somebody's secret in the wrong field.
 * A path parameter of the wrong shape names nothing that exists.
 */
export function validationError(
  findings: readonly FastifySchemaValidationError[],
  context: string | undefined,
): ApiError {
  if (context === 'params') return new ApiError('not_found', 'There is no such object.')
  // Of a value that may be null, what is wrong with the other choice is what helps.
  const useful = findings.filter(
    ({ keyword, params }) => !['anyOf', 'oneOf', 'if'].includes(keyword) && params.type !== 'null',
  )
  const query = context === 'querystring'
  const errors = (useful.length > 0 ? useful : findings)
    .slice(0, ERRORS_SHOWN)
    .map((finding) => fieldProblem(finding, query))
  const aboutAmount = errors.length > 0 && errors.every(({ pointer }) => /^\/amount(_minor)?$/.test(pointer))
  const first = errors[0]
  const where = first === undefined || first.pointer === '' ? 'The body' : first.pointer
  const detail = first === undefined ? 'The request is not valid.' : `${where} ${first.detail}.`
  return new ApiError(aboutAmount ? 'invalid_amount' : 'invalid_request', detail, { errors })
}

function fieldProblem(finding: FastifySchemaValidationError, query: boolean): FieldProblem {
  const child =
    finding.params.missingProperty ?? finding.params.additionalProperty ?? finding.params.propertyName
  const path = finding.instancePath + (typeof child === 'string' ? toPointer([child]) : '')
  return { pointer: query ? path.replace(/^\//, '?') : path, detail: inWords(finding) }
}

const WORDS: Readonly<Record<string, (params: Readonly<Record<string, unknown>>) => string>> = {
  required: () => 'is required',
  additionalProperties: () => 'is not a known field',
  type: ({ type }) => `must be ${[type].flat().join(' or ')}`,
  enum: ({ allowedValues }) =>
    `must be one of: ${[allowedValues]
      .flat()
      .filter((v) => v !== null)
      .join(', ')}`,
  minLength: ({ limit }) => (limit === 1 ? 'must not be empty' : `must have at least ${limit} characters`),
  maxLength: ({ limit }) => `must have at most ${limit} characters`,
  minimum: ({ limit }) => `must be at least ${limit}`,
  maximum: ({ limit }) => `must be at most ${limit}`,
  minItems: ({ limit }) => `must have at least ${limit} entries`,
  maxItems: ({ limit }) => `must have at most ${limit} entries`,
  maxProperties: ({ limit }) => `must have at most ${limit} entries`,
  propertyNames: () => 'is not allowed as a name',
  pattern: () => 'has the wrong form',
}

function inWords(finding: FastifySchemaValidationError): string {
  return WORDS[finding.keyword]?.(finding.params) ?? finding.message ?? 'is not valid'
}
