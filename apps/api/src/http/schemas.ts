/**
 * Schemas become code when a route is first called, or in idle moments after the start: to make it for two hundred routes takes
 * longer than all else a start does.
 */
import { setImmediate as pause } from 'node:timers/promises'
import validators, { type BuildCompilerFromPool } from '@fastify/ajv-compiler'
import serializers from '@fastify/fast-json-stringify-compiler'
import type { FastifyServerOptions } from 'fastify'

type Compilers = NonNullable<NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']>

export interface Schemas {
  readonly compilers: Compilers
  /**
   * Makes what has not been made yet, a schema at a time, letting requests through in between.
   * @throws Error when a schema is not one
   */
  compileAll(goesOn: () => boolean): Promise<void>
}

interface Validate {
  (data: unknown): boolean
  errors?: unknown
}

export function createSchemas(): Schemas {
  const waiting = new Set<() => unknown>()
  const later = <T>(compile: () => T): (() => T) => {
    let made: T | undefined
    const make = (): T => {
      made ??= compile()
      waiting.delete(make)
      return made
    }
    waiting.add(make)
    return make
  }
  const buildValidator: BuildCompilerFromPool = (external, options) => {
    const compiler = validators()(external, options)
    return (route) => {
      const compiled = later(() => compiler(route) as Validate) // Ajv's, in its synchronous mode
      const validate: Validate = (data) => {
        const own = compiled()
        const valid = own(data)
        // Read from the function that was called.
        validate.errors = own.errors
        return valid
      }
      return validate as ReturnType<typeof compiler>
    }
  }
  const buildSerializer: NonNullable<Compilers['buildSerializer']> = (external, options) => {
    const compiler = serializers()(external, options)
    return (route) => {
      const compiled = later(() => compiler(route))
      return (data) => compiled()(data)
    }
  }
  return {
    compilers: { buildValidator, buildSerializer },
    async compileAll(goesOn) {
      for (const make of waiting) {
        await pause()
        if (!goesOn()) return
        make()
      }
    },
  }
}
