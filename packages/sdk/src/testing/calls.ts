import type * as contract from '@onerouter/contract'
import type { OneRouter } from '../client.ts'

/** One call of every method, with the operation it must be: what every other SDK takes its names from. */
export const CALLS = {
  createPayment: (c) => c.payments.create({ amount: '1', currency: 'USD' }),
  listPayments: (c) => c.payments.list(),
  getPayment: (c) => c.payments.get('id'),
  capturePayment: (c) => c.payments.capture('id'),
  cancelPayment: (c) => c.payments.cancel('id'),
  syncPayment: (c) => c.payments.sync('id'),
  getPaymentTimeline: (c) => c.payments.timeline('id'),
  getPaymentRouting: (c) => c.payments.routing('id'),
  createRefund: (c) => c.refunds.create({ paymentId: 'pay_1' }),
  refundPayment: (c) => c.payments.refund('id'),
  listRefunds: (c) => c.refunds.list(),
  getRefund: (c) => c.refunds.retrieve('id'),
  sendSms: (c) => c.sms.send({ to: '+14155550123', body: 'Hello' }),
  listSms: (c) => c.sms.list(),
  getSms: (c) => c.sms.get('id'),
  listEvents: (c) => c.events.list(),
  getEvent: (c) => c.events.get('id'),
  simulatePayment: (c) => c.simulations.payment('id', 'succeed'),
  advanceSandboxClock: (c) => c.simulations.advanceClock({ seconds: 1 }),
  createSandboxFault: (c) => c.simulations.createFault({ provider: 'stripe', fault: 'late' }),
  deleteSandboxFaults: (c) => c.simulations.deleteFaults(),
  listProviders: (c) => c.providers.list(),
  listServices: (c) => c.services.list(),
  canGoLive: (c) => c.services.canGoLive(),
  switchAllEnvironments: (c) => c.services.switchAllEnvironments('test'),
  getServiceStatus: (c) => c.services.status('stripe'),
  saveCredentials: (c) => c.services.saveCredentials('stripe', { environment: 'test', sandbox: true }),
  deleteCredentials: (c) => c.services.deleteCredentials('stripe', { environment: 'test' }),
  switchEnvironment: (c) => c.services.switchEnvironment('stripe', 'test'),
  createApiKey: (c) => c.keys.create({ name: 'shop' }),
  listApiKeys: (c) => c.keys.list(),
  getApiKey: (c) => c.keys.get('id'),
  updateApiKey: (c) => c.keys.update('id', { name: 'shop' }),
  rotateApiKey: (c) => c.keys.rotate('id', { overlapSeconds: 0 }),
  revokeApiKey: (c) => c.keys.revoke('id'),
  deleteApiKey: (c) => c.keys.delete('id'),
} as const satisfies Partial<Record<contract.RouteName, (client: OneRouter) => PromiseLike<unknown>>>

/** Methods that are another name of one above. */
export const ALIASES = ['payments.retrieve', 'refunds.get']
