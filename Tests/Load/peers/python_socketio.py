"""The peer: python-socketio on aiohttp, with the handlers of switchboard-testserver."""

import asyncio

import socketio
from aiohttp import web

server = socketio.AsyncServer(async_mode="aiohttp")


@server.event
async def connect(sid, environ, auth):
    await server.emit("auth", auth or {}, to=sid)


@server.event
async def echo(sid, *values):
    return values


@server.event
async def broadcast(sid, *values):
    await server.emit("b", values)


@server.event
async def join(sid, room):
    await server.enter_room(sid, room)


@server.event
async def toroom(sid, room, *values):
    await server.emit("b", values, room=room)


async def main():
    application = web.Application()
    server.attach(application)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(f"peer listens on 127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
