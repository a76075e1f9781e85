/** Long enough to resist guessing at the rate that is allowed; the upper bound keeps hashing cheap. */
export const PASSWORD = { minLength: 8, maxLength: 128 }
export const EMAIL = { minLength: 3, maxLength: 320, pattern: '^[^\\s@\\p{Cc}]+@[^\\s@\\p{Cc}]+$' }
