import { describe, expect, test } from 'vitest'
import { canonical, type FormNode, parseForm } from './parse.ts'

function plain(node: FormNode): unknown {
  return typeof node === 'string' ? node : Object.fromEntries([...node].map(([k, v]) => [k, plain(v)]))
}

describe('form parameters', () => {
  test.each([
    ['raw brackets', 'a[b][c]=1', { a: { b: { c: '1' } } }],
    ['escaped brackets', 'a%5Bb%5D%5Bc%5D=1', { a: { b: { c: '1' } } }],
    ['numbered arrays', 'a[1]=y&a[0]=x', { a: { 1: 'y', 0: 'x' } }],
    ['unnumbered arrays', 'a[]=x&a[]=y', { a: { 0: 'x', 1: 'y' } }],
    [
      'unnumbered arrays of objects',
      'i[][p]=a&i[][q]=1&i[][p]=b',
      { i: { 0: { p: 'a', q: '1' }, 1: { p: 'b' } } },
    ],
    ['spaces both ways', 'a=x+y%20z', { a: 'x y z' }],
    ['an empty value', 'a=&b', { a: '', b: '' }],
    ['the last of two equal names', 'a=1&a=2', { a: '2' }],
    ['names like prototype members', '__proto__[x]=1', { ['__proto__']: { x: '1' } }],
    ['brackets within values', 'a=%5Bx%5D[y]', { a: '[x][y]' }],
  ])('are read with %s', (_name, text, expected) => {
    expect(JSON.stringify(plain(parseForm(text)))).toBe(JSON.stringify(expected))
  })

  test('are refused when a name is both text and hash, or an escape is broken', () => {
    expect(() => parseForm('a=1&a[b]=2')).toThrow(/Invalid hash/)
    expect(() => parseForm('a=%zz')).toThrow(/broken percent escape/)
  })

  test('have the same fingerprint in any order', () => {
    expect(canonical(parseForm('a=1&b[c]=2&b[d]=3'))).toBe(canonical(parseForm('b[d]=3&b[c]=2&a=1')))
    expect(canonical(parseForm('a=1'))).not.toBe(canonical(parseForm('a=2')))
  })
})
