const STYLES = {
  main: 'bg-accent-fill text-white hover:brightness-110',
  plain: 'border border-line bg-surface hover:bg-raised',
  quiet: 'text-muted hover:bg-raised hover:text-ink',
  danger: 'bg-danger-fill text-white hover:brightness-110',
} as const

/** Classes for a button, or for a link that looks like one. */
export function buttonStyle(kind: keyof typeof STYLES): string {
  const shape = 'inline-flex items-center justify-center gap-2 rounded-lg px-3.5 py-2 text-sm font-medium'
  return `${shape} whitespace-nowrap transition disabled:cursor-not-allowed disabled:opacity-60 ${STYLES[kind]}`
}
