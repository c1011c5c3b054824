// Publishes from outside by @socket.io/redis-emitter, as a JSON list of steps says: [method, rooms, except, ...arguments].
// node javascript_emitter.cjs PACKAGES REDIS_URL STEPS, where PACKAGES is a folder with node_modules.
const { createRequire } = require("node:module");

const [packages, redisURL, steps] = process.argv.slice(2);
const load = createRequire(packages + "/");
const { Emitter } = load("@socket.io/redis-emitter");
const { createClient } = load("redis");

/** {"$bytes": [1, 2]} is binary content. */
const revive = (key, value) => (value && value.$bytes ? Buffer.from(value.$bytes) : value);

async function main() {
  const client = createClient({ url: redisURL });
  await client.connect();
  const emitter = new Emitter(client);
  for (const [method, rooms, except, ...args] of JSON.parse(steps, revive)) {
    if (method === "serverSideEmit") emitter.serverSideEmit(...args);
    else emitter.to(rooms).except(except)[method](...args);
  }
  await client.ping();
  await client.quit();
}

main();
