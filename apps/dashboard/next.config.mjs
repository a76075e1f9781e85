import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
// There our own server (src/server) is not: Next.js answers by itself, with the headers of src/proxy.vercel.ts.
const onVercel = process.env.VERCEL === '1'
const apiUrl = process.env.NEXT_PUBLIC_API_URL?.replace(/\/$/, '')
if (onVercel && !apiUrl) throw new Error('NEXT_PUBLIC_API_URL must say where the API is.')

/** @type {import('next').NextConfig} */
export default {
  // Named by what it was built from (src/server/build.ts), so that a running server never sees half of a build.
  distDir: process.env.DASHBOARD_DIST ?? (onVercel ? '.next' : '.next/dev'),
  ...(onVercel && {
    pageExtensions: ['vercel.ts', 'tsx', 'ts'],
    // The paths of src/server/proxy.ts: the browser calls the API through us, so that its cookie stays on one origin.
    rewrites: async () =>
      ['/api/:path*', '/v1/:path*', '/l/:id/qr.svg'].map((source) => ({
        source,
        destination: `${apiUrl}${source}`,
      })),
  }),
  poweredByHeader: false,
  reactStrictMode: true,
  turbopack: { root },
  outputFileTracingRoot: root,
  // No image is resized here, so the optional native package for it is never loaded.
  images: { unoptimized: true },
  // `npm run check` does it, with the compiler of the whole repository.
  typescript: { ignoreBuildErrors: true },
}
