// Sets a property of a bell before the element is defined.
const { TidingsClient } = await import("/unjoined/bell/client.js");
const bell = document.querySelector("tidings-bell");
bell.client = new TidingsClient({ src: "/", token: bell.getAttribute("token"), transport: "sse" });
bell.client.start();
await import("/bell.js");

export { TidingsClient };
