"""Waiting no longer than a while."""

import asyncio


async def within(awaitable, seconds):
    """What `awaitable` gives; TimeoutError when that takes longer.

    Not `asyncio.wait_for`: that of Python 3.11 loses a cancellation which comes in the moment of the result, and who
    wanted to end a task then waits for it forever.
    """
    async with asyncio.timeout(seconds):
        return await awaitable
