import { json } from '../kernel/http.ts'
import { BASE62 } from '../kernel/random.ts'
import type { CreateEmulator } from '../kernel/types.ts'

/** Razorpay's orders API, emulated. */
export const createRazorpay: CreateEmulator = () => ({
  provider: 'razorpay',
  api: async () =>
    json(400, {
      error: { code: 'BAD_REQUEST_ERROR', description: 'The requested URL was not found on the server.' },
    }),
  pages: async () => new Response('No such page.\n', { status: 404 }),
  newCredentials: (random) => ({
    key_id: `rzp_test_${random.text(BASE62, 14)}`,
    key_secret: random.text(BASE62, 24),
  }),
  signWebhook: () => ({}),
  simulate: () => ({ ok: false, reason: 'no such order' }),
  book: () => [],
})
