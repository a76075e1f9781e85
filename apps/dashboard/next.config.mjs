import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** @type {import('next').NextConfig} */
export default {
  // Named by what it was built from (src/server/build.ts), so that a running server never sees half of a build.
  distDir: process.env.DASHBOARD_DIST ?? '.next/dev',
  poweredByHeader: false,
  reactStrictMode: true,
  turbopack: { root },
  outputFileTracingRoot: root,
  // No image is resized here, so the optional native package for it is never loaded.
  images: { unoptimized: true },
  // `npm run check` does it, with the compiler of the whole repository.
  typescript: { ignoreBuildErrors: true },
}
