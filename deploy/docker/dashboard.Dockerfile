# syntax=docker/dockerfile:1.7
# The dashboard: pages built once, served by a program that needs nothing but the API's address.
#   docker build -f deploy/docker/dashboard.Dockerfile -t onerouter-dashboard .
FROM node:24.21.0-bookworm-slim AS build
ENV NEXT_TELEMETRY_DISABLED=1
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY apps/dashboard/package.json apps/dashboard/
COPY packages/sdk/package.json packages/sdk/
# The image's own Node is the pinned one; no package needs its install script. Building needs the compiler, serving does not.
RUN npm ci --ignore-scripts --no-audit --no-fund --workspace apps/dashboard --workspace packages/sdk
COPY tsconfig.json LICENSE ./
COPY packages/sdk packages/sdk
COPY apps/dashboard apps/dashboard
RUN node apps/dashboard/src/main.ts build \
 && npm prune --omit=dev --no-save --ignore-scripts --no-audit --no-fund --workspace apps/dashboard --workspace packages/sdk

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1 DASHBOARD_HOST=0.0.0.0 DASHBOARD_PORT=3000
WORKDIR /app
COPY --from=build /app ./
# The image's `node`, by number: a cluster that asks for another user than root can see that it is.
USER 1000:1000
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.DASHBOARD_PORT ?? 3000) + '/sign-in', { signal: AbortSignal.timeout(2500) }).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "apps/dashboard/src/main.ts"]
