// What a page does with its bells: it listens, and connects those that want Pusher.
window.told = [];
window.prevented = new Set();
const names = ["open", "button", "notification", "counts", "status", "error", "toggle"];
for (const name of names.map((each) => `tidings-${each}`)) {
  document.addEventListener(name, (event) => {
    window.told.push({ name, detail: event.detail });
    if (window.prevented.has(name)) event.preventDefault();
  });
}

const { TidingsClient } = await import(document.documentElement.dataset.module);

window.TidingsClient = TidingsClient;

const options = {
  cluster: "none",
  wsHost: location.hostname,
  wsPort: Number(location.port),
  forceTLS: false,
  enabledTransports: ["ws"],
  activityTimeout: 5_000,
};

for (const bell of document.querySelectorAll("tidings-bell[transport=pusher], tidings-bell[transport=echo]")) {
  const headers = { Authorization: `Bearer ${bell.getAttribute("token")}` };
  const channelAuthorization = { endpoint: "/pusher/auth", headers };
  const pusher = new window.Pusher("bell-key", { ...options, channelAuthorization });
  if (bell.getAttribute("transport") === "pusher") bell.pusher = pusher;
  else bell.echo = new window.Echo.default({ broadcaster: "pusher", key: "bell-key", client: pusher });
}
