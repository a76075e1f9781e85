import { expect, test } from 'vitest'
import { DESTINATIONS, SECTIONS } from '../../apps/dashboard/src/nav/sections.ts'
import { EVERY_PAGE, routesOfRouter, SHORT_WALK } from './every-page.ts'

const NAMES = [...new Set(Object.keys(EVERY_PAGE).map((name) => name.replace(/\?.*$/, '')))].sort()
/** Where nobody is signed in yet, or nothing is. */
const APART = ['/join', '/not-found', '/sign-in']

test('the list that browser tests walk through has every page of the router, and no other', async () => {
  expect(NAMES).toEqual(await routesOfRouter())
})

test('every page behind the sign-in is in the navigation, but for those of one object', () => {
  const named = NAMES.filter((name) => !name.includes('[') && !APART.includes(name))
  expect(DESTINATIONS.map(({ href }) => href).sort()).toEqual(named)
})

test('the short walk enters every section of the navigation', () => {
  const entered = SECTIONS.filter(({ pages }) => pages.some(({ href }) => SHORT_WALK.includes(href)))
  expect(entered).toEqual(SECTIONS)
})
