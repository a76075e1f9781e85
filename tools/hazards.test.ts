import { expect, test } from 'vitest'
import { HAZARDS, hazardProblems, namedTests, renderHazards } from './hazards.ts'

const [first, second] = [`${'H'}1`, `${'H'}20`]

test('hazards are read from the names of tests, among other names, in any quotes', () => {
  const text = [
    `test('D4, ${first}, ${second}: a | b', () => {})`,
    `test.each(['a'])(\n  "${second}: it's %s",\n  () => {})`,
    `test('D4: not one', () => {})`,
    `test('without a name', () => {})`,
  ].join('\n')
  expect(namedTests('a.test.ts', text)).toEqual([
    { hazards: [first, second], title: 'a | b', path: 'a.test.ts' },
    { hazards: [second], title: "it's …", path: 'a.test.ts' },
  ])
})

const guarding = (ids: readonly string[]) =>
  ids.map((id) => ({ hazards: [id], title: 'held', path: 'a.test.ts' }))
const tested = Object.keys(HAZARDS).filter((id) => HAZARDS[id]?.untested === undefined)

test('a hazard without test or reason, a reason beside a test, and an unknown hazard are refused', () => {
  expect(hazardProblems(guarding(tested))).toEqual([])
  expect(hazardProblems(guarding(tested.slice(1)))).toEqual([`${tested[0]} has neither a test nor a reason`])
  const excused = { H1: { what: 'one', untested: 'out of reach' } }
  expect(hazardProblems(guarding(['H1']), excused)).toEqual(['H1 has a test and a reason to have none'])
  expect(hazardProblems(guarding([...tested, 'H99']))).toEqual(['a.test.ts names H99, which is no hazard'])
  expect(() => renderHazards([])).toThrow('H1 has neither')
})

test('all 45 hazards are on the page', () => {
  const page = renderHazards(guarding(tested))
  for (let n = 1; n <= 45; n++) expect(page).toContain(`| H${n} | `)
})
