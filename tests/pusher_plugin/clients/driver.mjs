// Runs Pusher's own JavaScript clients for a test, which speaks with it in lines of JSON:
// it asks {id, do, ...} and is answered {id, value} or {id, error}; what a client hears comes as
// {client, source, event, ...}, and what a client wants signed as {ask, client, kind, params}.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const modules = process.argv[2];
const require = createRequire(`${modules}/`);
console.log = console.info = console.warn = console.error; // stdout is the test's

// What a browser's worker has, and not every Node.
globalThis.self = globalThis;
globalThis.crypto ??= require("node:crypto").webcrypto;
globalThis.WebSocket = require("ws");

const builds = {
  node: () => require("pusher-js"), // decrypts
  worker: () => require("pusher-js/worker"), // does not
  "worker-with-encryption": () => require("pusher-js/worker/with-encryption"),
};
const clients = new Map();
const unanswered = new Map();
let asked = 0;

function write(line) {
  process.stdout.write(JSON.stringify(line) + "\n");
}

// Errors have members that JSON leaves out or that contain themselves.
function plain(data) {
  if (data instanceof Error) {
    return { name: data.name, message: data.message, status: data.status, body: data.body };
  }
  if (data?.error instanceof Object) {
    return { ...data, error: { message: data.error.message, data: data.error.data } };
  }
  return data;
}

// The test answers in the place of a page's own code.
function asks(client, kind) {
  return (params, callback) => {
    unanswered.set(++asked, ({ error, value }) => callback(error ? new Error(error) : null, value));
    write({ ask: asked, client, kind, params });
  };
}

function withHandlers(client, options) {
  const made = { ...options };
  for (const kind of ["channelAuthorization", "userAuthentication"]) {
    if (options[kind] === "ask") made[kind] = { customHandler: asks(client, kind) };
  }
  return made;
}

// Everything that the client's own code would tell a page.
function listen(client, pusher) {
  clients.set(client, { pusher });
  const say = (source) => (event, data) => write({ client, source, event, data: plain(data) });
  pusher.connection.bind_global((event, data) => {
    if (event === "message") write({ client, source: "frame", ...data });
    else say("connection")(event, data);
  });
  pusher.user.bind_global(say("user"));
  pusher.user.watchlist.bind_global(say("watchlist"));
}

function pusherOf({ client }) {
  return clients.get(client).pusher;
}

// Events bound by name come with their metadata, all others without: so does pusher-js.
function subscribe({ client, channel, events = [] }) {
  const subscribed = pusherOf({ client }).subscribe(channel);
  const say = (event, data, metadata) =>
    write({ client, source: "channel", channel, event, data, metadata });
  subscribed.unbind();
  for (const event of events) {
    subscribed.bind(event, (data, metadata) => say(event, data, metadata));
  }
  subscribed.bind_global((event, data) => events.includes(event) || say(event, data));
}

// What Laravel Echo has for a channel: kind is the name of its method.
function hear({ client, kind, channel, events = [], whispers = [] }) {
  const joined = clients.get(client).echo[kind](channel);
  const say = (event) => (data) =>
    write({ client, source: "echo", channel, event, data: plain(data) });
  joined.subscribed(say("subscribed")).error(say("error")).notification(say("notification"));
  if (kind === "join") {
    joined.here(say("here")).joining(say("joining")).leaving(say("leaving"));
  }
  for (const event of events) joined.listen(event, say(event));
  for (const name of whispers) joined.listenForWhisper(name, say(name));
}

async function echo({ client, options }) {
  const path = `${modules}/laravel-echo/dist/echo.js`; // its CommonJS file does not load in Node
  const { default: Echo } = await import(pathToFileURL(path));
  const made = new Echo({ ...withHandlers(client, options), Pusher: builds.node() });
  listen(client, made.connector.pusher);
  clients.get(client).echo = made;
}

async function call({ client, method, args }) {
  const result = await clients.get(client).server[method](...args);
  if (typeof result?.text !== "function") return result;
  return { status: result.status, body: await result.text() };
}

function webhook({ client, headers, body }) {
  const hook = clients.get(client).server.webhook({ headers, rawBody: body });
  return { valid: hook.isValid(), events: hook.isValid() ? hook.getEvents() : null };
}

const commands = {
  connect: ({ client, build, key, options }) =>
    listen(client, new (builds[build]())(key, withHandlers(client, options))),
  reconnect: (of) => pusherOf(of).connect(),
  disconnect: (of) => pusherOf(of).disconnect(),
  socket: (of) => pusherOf(of).connection.socket_id,
  subscribe,
  unsubscribe: ({ client, channel }) => pusherOf({ client }).unsubscribe(channel),
  trigger: ({ client, channel, event, data }) =>
    pusherOf({ client }).channel(channel).trigger(event, data),
  members: ({ client, channel }) => pusherOf({ client }).channel(channel).members,
  signin: (of) => pusherOf(of).signin(),
  echo,
  hear,
  whisper: ({ client, kind, channel, name, data }) =>
    void clients.get(client).echo[kind](channel).whisper(name, data),
  leave: ({ client, channel }) => clients.get(client).echo.leave(channel),
  server: ({ client, options }) => void clients.set(client, { server: new (require("pusher"))(options) }),
  call,
  webhook,
};

async function run({ id, do: name, ...args }) {
  try {
    write({ id, value: (await commands[name](args)) ?? null });
  } catch (error) {
    write({ id, error: plain(error) });
  }
}

function take(line) {
  const message = JSON.parse(line);
  if (message.answer === undefined) return void run(message);
  unanswered.get(message.answer)(message);
  unanswered.delete(message.answer);
}

createInterface({ input: process.stdin }).on("line", take).on("close", () => process.exit(0));
