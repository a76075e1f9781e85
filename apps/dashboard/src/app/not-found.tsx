import Link from 'next/link'

export default function NotFound() {
  return (
    <main className="mx-auto max-w-md px-6 py-24 text-center">
      <h1 className="text-xl font-semibold">There is nothing at this address</h1>
      <p className="mt-2 text-muted">The page may have moved, or the link is incomplete.</p>
      <Link href="/" className="mt-6 inline-block font-medium text-accent hover:underline">
        Back to the first page
      </Link>
    </main>
  )
}
