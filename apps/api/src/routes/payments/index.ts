import type { FastifyInstance } from 'fastify'
import type { Engine } from '../../engine/ports.ts'
import { mountCancelPayment, mountCapturePayment } from './complete.ts'
import { mountCreatePayment } from './create.ts'
import { mountReadPayments } from './read.ts'

export function paymentRoutes(app: FastifyInstance, engine: Engine): void {
  mountCreatePayment(app, engine)
  mountCapturePayment(app, engine)
  mountCancelPayment(app, engine)
  mountReadPayments(app, engine)
}
