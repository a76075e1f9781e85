/**
 * Loaded into every child before its own code: whatever that code does, it ends when its supervisor is gone.
 * The pause leaves it time to stop by itself.
 */
const graceMs = 4_000

process.once('disconnect', () => {
  setTimeout(() => process.exit(1), graceMs).unref()
})
