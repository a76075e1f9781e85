# syntax=docker/dockerfile:1.7
# The API and its workers. Build from the repository's root:
#   docker build -f deploy/docker/api.Dockerfile -t onerouter-api .
FROM node:24.21.0-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY apps/api/package.json apps/api/
COPY packages/contract/package.json packages/contract/
COPY packages/core/package.json packages/core/
COPY packages/providers/package.json packages/providers/
# The image's own Node is the pinned one; no package needs its install script.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
      --workspace apps/api --workspace packages/contract --workspace packages/core --workspace packages/providers

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production ENVIRONMENT=production API_HOST=0.0.0.0 API_PORT=8000
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY --from=packages /app/apps apps
COPY --from=packages /app/packages packages
COPY package.json LICENSE ./
COPY packages/core packages/core
COPY packages/contract packages/contract
COPY packages/providers packages/providers
COPY apps/api apps/api
COPY docs docs
# The image's `node`, by number: a cluster that asks for another user than root can see that it is.
USER 1000:1000
EXPOSE 8000
# Node forwards signals itself as process 1; a stop drains within 25 seconds.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.API_PORT ?? 8000) + '/api/health/ready', { signal: AbortSignal.timeout(2500) }).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "apps/api/src/main.ts"]
CMD ["serve"]
