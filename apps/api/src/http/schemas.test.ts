import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { openApp } from '../testing/open-app.ts'
import { createSchemas } from './schemas.ts'

test('every schema of the API can be compiled, and a stop ends it', async () => {
  const api = await openApp()
  let made = 0
  await api.app.compileSchemas(() => {
    made += 1
    return made <= 3
  })
  expect(made).toBe(4)
  await api.app.compileSchemas(() => {
    made += 1
    return true
  })
  expect(made).toBeGreaterThan(200)
  made = 0
  await api.app.compileSchemas(() => {
    made += 1
    return true
  })
  expect(made).toBe(0)
  await api.close()
})

function serve() {
  const schemas = createSchemas()
  const app = Fastify({ schemaController: { compilersFactory: schemas.compilers } })
  return { app, schemas }
}

const params = { type: 'object', properties: { n: { type: 'string', pattern: '^[0-9]+$' } } }

test('a request is judged by its schema and answered by it, before and after all were compiled', async () => {
  const { app, schemas } = serve()
  const response = { 200: { type: 'object', properties: { n: { type: 'string' } } } }
  app.get('/:n', { schema: { params, response } }, (request) => ({
    ...(request.params as object),
    secret: 1,
  }))
  const ask = async () => [(await app.inject('/x')).statusCode, (await app.inject('/7')).body]
  expect(await ask()).toEqual([400, '{"n":"7"}'])
  await schemas.compileAll(() => true)
  expect(await ask()).toEqual([400, '{"n":"7"}'])
})

test('what is no schema is told when all are compiled', async () => {
  const { app, schemas } = serve()
  app.get('/:n', { schema: { params: { type: 'nonsense' } } }, () => ({}))
  await app.ready()
  await expect(schemas.compileAll(() => true)).rejects.toThrow('type must be')
})
