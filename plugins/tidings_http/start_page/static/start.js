// Two bells of one user, and how to push to them.

const at = (id) => document.getElementById(id);

const HEADINGS = ["It works", "Build passed", "Bob mentioned you", "Lunch is ready", "Your report is done"];
const DEVICES = [
  ["Laptop", "by a WebSocket", "websocket"],
  ["Phone", "by server-sent events", "sse"],
];

let user = "";
let pushed = 0;

function made(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

async function ask(path, body) {
  const post = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(path, body ? post : {});
  const told = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(told.detail ?? `status ${response.status}`);
  return told;
}

/** Return a device: a page of its own, with a bell of these attributes. */
function device([name, how, transport], attributes) {
  const frame = made("iframe", { src: "start/device.html", title: name });
  const given = { transport, src: document.baseURI, ...attributes };
  frame.addEventListener("load", () => {
    const page = frame.contentDocument;
    const bell = page.createElement("tidings-bell");
    for (const [key, value] of Object.entries(given)) bell.setAttribute(key, value);
    page.title = name;
    page.querySelector("h1").textContent = name;
    page.querySelector("p").textContent = how;
    page.querySelector("header").append(bell);
  });
  return frame;
}

function show(attributes) {
  at("whose").textContent = user;
  at("devices").replaceChildren(...DEVICES.map((each) => device(each, attributes)));
  at("try").hidden = false;
}

function line(command) {
  const copy = made("button", { type: "button", textContent: "Copy" });
  copy.setAttribute("aria-label", `Copy: ${command}`);
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(command);
    copy.textContent = "Copied";
  });
  return made("div", { className: "line" }, made("code", { textContent: command }), copy);
}

/** Put a text in single quotes, as a shell reads it. */
const quoted = (text) => (/^[\w@.+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

function commands(offer) {
  const found = [];
  if (offer.pushing) found.push(offer.pushing.replace("{user}", quoted(user || "ann")));
  if (offer.guests.length) {
    const body = quoted(JSON.stringify({ user, heading: "It works" }));
    found.push(`curl --json ${body} ${new URL("start/push", document.baseURI)}`);
  }
  at("lines").replaceChildren(...found.map(line));
  at("commands").hidden = !found.length;
}

function choose(name, offer) {
  user = name;
  const url = new URL(`start/token?${new URLSearchParams({ user })}`, document.baseURI);
  show({ user, "token-url": url.href });
  commands(offer);
}

function welcome(offer) {
  at("user").append(...offer.guests.map((name) => made("option", { textContent: name })));
  at("users").hidden = offer.guests.length < 2;
  at("user").addEventListener("change", () => choose(at("user").value, offer));
  choose(offer.guests[0], offer);
}

function askForToken(offer) {
  at("sign-in").hidden = false;
  at("elsewhere").hidden = !offer.elsewhere;
  at("keyed").hidden = offer.elsewhere;
  at("home").textContent = `${location.protocol}//127.0.0.1${location.port && `:${location.port}`}/`;
  at("push-step").hidden = true;
  at("token-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const token = at("token").value.trim();
    user = "the token's user";
    show({ token });
  });
  commands(offer);
}

at("push").addEventListener("click", async () => {
  try {
    const heading = HEADINGS[pushed++ % HEADINGS.length];
    const { results } = await ask("start/push", { user, heading });
    at("pushed").textContent = `“${heading}” was stored for ${user}, at ${results[user].position.offset}.`;
  } catch (error) {
    at("pushed").textContent = `Not pushed: ${error.message}`;
  }
});

try {
  const offer = await ask("start/offer");
  if (offer.guests.length) welcome(offer);
  else askForToken(offer);
} catch (error) {
  at("trouble").textContent = `The server cannot be asked: ${error.message}`;
}
