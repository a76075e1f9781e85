import type { FastifyInstance } from 'fastify'
import type { Engine } from '../../engine/ports.ts'
import type { Saved } from '../../saved/ports.ts'
import { mountCancelPayment, mountCapturePayment } from './complete.ts'
import { mountCreatePayment } from './create.ts'
import { mountReadPayments } from './read.ts'

export function paymentRoutes(app: FastifyInstance, engine: Engine, saved: Saved): void {
  mountCreatePayment(app, engine, saved)
  mountCapturePayment(app, engine)
  mountCancelPayment(app, engine)
  mountReadPayments(app, engine)
}
