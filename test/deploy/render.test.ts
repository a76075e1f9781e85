/** What Render's blueprint names exists: files, commands, services, databases, groups. Render's own schema is in no package. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Every value of a key, wherever it stands. */
const valuesOf = (text: string, key: string): readonly string[] =>
  [...text.matchAll(new RegExp(`\\b${key}: ("?)([^",}\\n]+)\\1`, 'g'))].map(([, , value = '']) =>
    value.trim(),
  )

test('render.yaml names files, services, databases and groups that are there', async () => {
  const text = (await readFile(`${ROOT}render.yaml`, 'utf8')).replace(/#.*$/gm, '')
  const named = new Set(valuesOf(text, 'name'))
  const [databases = '', rest = ''] = text.split(/^envVarGroups:/m)
  expect(valuesOf(databases, 'name')).toEqual(['onerouter-db'])
  for (const file of valuesOf(text, 'dockerfilePath')) expect(existsSync(`${ROOT}${file}`), file).toBe(true)
  const references = [...text.matchAll(/from(?:Database|Service): \{ name: ([\w-]+)/g)].map(
    ([, name]) => name,
  )
  expect(references.length).toBeGreaterThanOrEqual(5)
  for (const name of references) expect(named, name).toContain(name)
  const groups = valuesOf(rest.split(/^services:/m)[0] ?? '', 'name')
  for (const group of valuesOf(text, 'fromGroup')) expect(groups, group).toContain(group)
  for (const command of valuesOf(text, 'preDeployCommand')) {
    const [, program = ''] = command.split(' ')
    expect(existsSync(`${ROOT}${program}`), command).toBe(true)
  }
  const paths = valuesOf(text, 'healthCheckPath')
  expect(paths).toEqual(['/api/health/ready', '/sign-in'])
})
