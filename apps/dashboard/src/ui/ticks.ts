const STEPS = [1, 2, 2.5, 5, 10] as const

/** Round numbers from 0 to at least `highest`, about so many of them. */
export function ticks(highest: number, count: number): readonly number[] {
  if (highest <= 0) return [0, 1]
  const rough = highest / count
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = (STEPS.find((one) => one * power >= rough) ?? 10) * power
  return Array.from({ length: Math.ceil(highest / step - 1e-9) + 1 }, (_, place) => place * step)
}
