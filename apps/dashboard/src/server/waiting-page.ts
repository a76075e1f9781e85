/** What is shown while the pages are being built, or when that failed. It needs no script: it asks again by itself. */
export function waitingPage(nonce: string, problem: string | undefined): string {
  const title = problem === undefined ? 'Preparing the dashboard' : 'The dashboard could not be prepared'
  const text =
    problem === undefined
      ? 'This happens once, after the first start or an update, and takes about half a minute. The page reloads by itself. The API is already running.'
      : 'The API is not affected. What went wrong is in the log of npm start; the next start tries again.'
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${problem === undefined ? '<meta http-equiv="refresh" content="2">' : ''}
<title>${title} · OneRouter</title>
<style nonce="${nonce}">
:root { color-scheme: light dark }
body { margin: 0; min-height: 100vh; display: grid; place-items: center;
  font: 16px/1.6 ui-sans-serif, system-ui, sans-serif; background: Canvas; color: CanvasText }
main { max-width: 28rem; padding: 2rem }
h1 { font-size: 1.25rem; margin: 0 0 .5rem }
p { margin: 0; opacity: .75 }
</style>
</head>
<body><main><h1>${title}</h1><p role="status">${text}</p></main></body>
</html>
`
}
