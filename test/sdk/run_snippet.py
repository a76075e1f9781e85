"""Runs a documented snippet as it stands: `await` at the top level works as it does in a notebook."""

import ast
import asyncio
import sys
import types

code = compile(sys.stdin.read(), "snippet", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
names = {"__name__": "__main__"}
if code.co_flags & 0x80:  # CO_COROUTINE

    async def main():
        await types.FunctionType(code, names)()

    asyncio.run(main())
else:
    exec(code, names)
