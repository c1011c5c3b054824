// The peer: a Socket.IO server on Node.js with the handlers of switchboard-testserver, and the chat of switchboard-node
// in its simplest form, in the memory of this one process.
//
//   node socketio.cjs FOLDER [REDIS_URL]     FOLDER/node_modules has socket.io; with a Redis, @socket.io/redis-adapter
//                                            and redis, too
const { createServer } = require("node:http");
const [folder, redisURL] = process.argv.slice(2);
const load = (name) => require(require.resolve(name, { paths: [folder] }));
const { Server } = load("socket.io");

const http = createServer();
const io = new Server(http);
const waiting = [];
const partners = new Map();

function match() {
  while (waiting.length > 1) {
    const [one, other] = waiting.splice(0, 2);
    partners.set(one, other).set(other, one);
    one.emit("chatStart", { partnerId: other.id, withVideo: false });
    other.emit("chatStart", { partnerId: one.id, withVideo: false });
  }
}

function enqueue(socket) {
  if (!waiting.includes(socket)) waiting.push(socket);
  socket.emit("waiting");
}

// Ends the chat of a socket, if it is in one. Returns the other one.
function part(socket) {
  const other = partners.get(socket);
  if (!other) return undefined;
  partners.delete(socket);
  partners.delete(other);
  other.emit("partnerLeft", { partnerId: socket.id });
  return other;
}

function chat(socket) {
  socket.on("findChat", () => {
    part(socket);
    enqueue(socket);
    match();
  });
  socket.on("next", () => {
    const other = part(socket);
    enqueue(socket);
    if (other) enqueue(other);
    match();
  });
  socket.on("sendMessage", (text) => {
    const message = { sender: socket.id, text, senderEmail: null, timestamp: new Date().toISOString() };
    const other = partners.get(socket);
    if (other) for (const one of [socket, other]) one.emit("message", message);
  });
  socket.on("disconnect", () => {
    part(socket);
    const place = waiting.indexOf(socket);
    if (place >= 0) waiting.splice(place, 1);
  });
}

io.on("connection", (socket) => {
  socket.emit("auth", socket.handshake.auth);
  socket.on("echo", (...values) => values.pop()(...values));
  socket.on("broadcast", (...values) => io.emit("b", ...values));
  socket.on("join", (room, acknowledge) => {
    socket.join(room);
    acknowledge();
  });
  socket.on("toroom", (room, ...values) => io.to(room).emit("b", ...values));
  chat(socket);
});

// Broadcasts of several such processes go through Redis.
async function share() {
  const clients = [0, 1].map(() => load("redis").createClient({ url: redisURL }));
  await Promise.all(clients.map((client) => client.connect()));
  io.adapter(load("@socket.io/redis-adapter").createAdapter(...clients));
}

(redisURL ? share() : Promise.resolve()).then(() =>
  http.listen(0, "127.0.0.1", () => console.log(`peer listens on 127.0.0.1:${http.address().port}`)),
);
