// The peer below Socket.IO on Node.js: `ws` alone, with just enough of the protocol for echo and broadcast.
//
//   node ws.cjs FOLDER     FOLDER/node_modules has ws
const { WebSocketServer } = require(require.resolve("ws", { paths: [process.argv[2]] }));

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
const open = { sid: "peer", upgrades: [], pingInterval: 25000, pingTimeout: 20000, maxPayload: 1000000 };
const broadcast = '42["broadcast",';

server.on("connection", (socket) => {
  socket.send("0" + JSON.stringify(open));
  socket.on("message", (data) => {
    const packet = data.toString();
    const bracket = packet.indexOf("[");
    if (packet === "40") socket.send('40{"sid":"peer"}');
    else if (packet.startsWith(broadcast)) {
      const frame = '42["b",' + packet.slice(broadcast.length);
      for (const other of server.clients) other.send(frame);
    } else if (packet.startsWith('["echo",', bracket))
      socket.send("43" + packet.slice(2, bracket) + "[" + packet.slice(bracket + 8));
  });
});
server.on("listening", () => console.log(`peer listens on 127.0.0.1:${server.address().port}`));
