'use client'

import { useEffect, useState } from 'react'

const THEMES = ['system', 'light', 'dark'] as const
type Theme = (typeof THEMES)[number]
const LOOKS = {
  system: ['◐', 'as the system'],
  light: ['☀', 'light'],
  dark: ['☾', 'dark'],
} as const satisfies Record<Theme, readonly [string, string]>
const KEPT_AS = 'onerouter-theme'

function keptTheme(): Theme {
  const kept = window.localStorage.getItem(KEPT_AS)
  return THEMES.find((theme) => theme === kept) ?? 'system'
}

/** Light, dark, or as the system has it. The choice stays in this browser. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState<Theme>('system')
  useEffect(() => setTheme(keptTheme()), [])
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme
  }, [theme])
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system'
  const [sign, name] = LOOKS[theme]
  return (
    <button
      type="button"
      aria-label={`Colours: ${name}. Change.`}
      title={`Colours: ${name}`}
      className="grid size-9 place-items-center rounded-lg text-muted hover:bg-raised hover:text-ink"
      onClick={() => {
        window.localStorage.setItem(KEPT_AS, next)
        setTheme(next)
      }}
    >
      <span aria-hidden="true">{sign}</span>
    </button>
  )
}
