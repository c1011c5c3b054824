// One Node.js server of a mixed cluster: socket.io with the adapter of @socket.io/redis-adapter, and the events that
// switchboard-testserver has, too.
// node javascript_node.cjs PACKAGES PORT REDIS_URL classic|sharded MODE, where PACKAGES is a folder with node_modules.
const { createRequire } = require("node:module");
const { createServer } = require("node:http");

const [packages, port, redisURL, format, subscriptionMode] = process.argv.slice(2);
const load = createRequire(packages + "/");
const { Server } = load("socket.io");
const { createAdapter, createShardedAdapter } = load("@socket.io/redis-adapter");
const { createClient } = load("redis");

const all = (io, room) => (room == null ? io : io.in(room));
const summary = (socket) => ({ id: socket.id, rooms: [...socket.rooms].sort(), data: socket.data });

function serve(nsp) {
  nsp.on("hello-ack", (...args) => args.pop()("from js"));
  nsp.on("hello", (...args) => nsp.local.emit("server-event", args));
  nsp.on("connection", (socket) => {
    const on = (name, handler) =>
      socket.on(name, async (...args) => {
        const reply = typeof args.at(-1) === "function" ? args.pop() : () => {};
        try {
          reply(...(await handler(...args)));
        } catch (error) {
          reply(String(error.message));
        }
      });
    socket.emit("auth", socket.handshake.auth);
    on("echo", (...args) => args);
    on("broadcast", (...args) => (nsp.emit("b", ...args), ["ok"]));
    on("others", (...args) => (socket.broadcast.emit("b", ...args), ["ok"]));
    on("toroom", (room, ...args) => (nsp.to(room).emit("b", ...args), ["ok"]));
    on("except", (room, ...args) => (nsp.except(room).emit("b", ...args), ["ok"]));
    on("join", (room) => (socket.join(room), [[...socket.rooms].sort()]));
    on("leave", (room) => (socket.leave(room), [[...socket.rooms].sort()]));
    on("set-data", (data) => ((socket.data = data), ["ok"]));
    on("fetch", async (room) => [null, (await all(nsp, room).fetchSockets()).map(summary)]);
    on("sockets-join", (room, joined) => (all(nsp, room).socketsJoin(joined), ["ok"]));
    on("sockets-leave", (room, left) => (all(nsp, room).socketsLeave(left), ["ok"]));
    on("kick", (room, close) => (nsp.in(room).disconnectSockets(close), ["ok"]));
    on("sse", (...args) => (nsp.serverSideEmit("hello", ...args), ["ok"]));
    on("sse-ack", async () => [null, await nsp.serverSideEmitWithAck("hello-ack")]);
    on("ask-all", async (...args) => [null, await nsp.timeout(2000).emitWithAck("ask", ...args)]);
    on("server-count", async () => [await nsp.adapter.serverCount()]);
  });
}

async function main() {
  const [publisher, subscriber] = [createClient({ url: redisURL }), createClient({ url: redisURL })];
  for (const client of [publisher, subscriber]) {
    client.on("error", (error) => console.error(error.message));
    await client.connect();
  }
  const adapter =
    format === "sharded"
      ? createShardedAdapter(publisher, subscriber, { subscriptionMode })
      : createAdapter(publisher, subscriber);
  const server = createServer();
  const io = new Server(server, { adapter, maxHttpBufferSize: 1e7 });
  for (const name of ["/", "/custom"]) serve(io.of(name));
  server.listen(Number(port), "127.0.0.1", () => console.log("listening"));
}

main();
