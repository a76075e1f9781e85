/** The wire's names as TypeScript names, at every depth: what the SDK's types must be equal to. */
export type Camel<T> = T extends readonly (infer Item)[]
  ? readonly Camel<Item>[]
  : T extends object
    ? { readonly [K in keyof T as CamelName<K>]: Camel<T[K]> }
    : T

type CamelName<K> = K extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<CamelTail<Tail>>}` : K
type CamelTail<K extends string> = K extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelTail<Tail>>}`
  : K

/** Unions of objects as one object that has the members of all. */
export type Merged<T> = { readonly [K in T extends unknown ? keyof T : never]: unknown }

/** An intersection or interface written out, so that equal types have equal spelling. */
export type Plain<T> = T extends readonly (infer Item)[]
  ? readonly Plain<Item>[]
  : T extends object
    ? { readonly [K in keyof T]: Plain<T[K]> }
    : T

/** `true` only for the very same type: one more member, or one optional in only one of them, is `false`. */
export type Same<A, B> =
  (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2
    ? (<X>() => X extends B ? 1 : 2) extends <X>() => X extends A ? 1 : 2
      ? true
      : false
    : false
