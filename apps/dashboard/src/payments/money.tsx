/** An exact amount as the API wrote it; never turned into a number. */
export function Money({ amount, currency }: { readonly amount: string; readonly currency: string }) {
  const [whole = '', fraction] = amount.split('.')
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, '\u202f')
  return (
    <span className="whitespace-nowrap tabular-nums">
      {fraction === undefined ? grouped : `${grouped}.${fraction}`}{' '}
      <span className="text-muted">{currency}</span>
    </span>
  )
}
