import "./echo.js"

const { user } = document.body.dataset
const messages = document.querySelector("#messages")
const shown = new Set()

function show({ heading, content, _tidings: { id } }) {
  if (shown.has(id)) return // it came by the other way
  shown.add(id)
  const item = document.createElement("li")
  item.textContent = `${heading}: ${content}`
  messages.prepend(item)
}

// What comes now.
window.Echo.private(`user-${user}`).listen(".tidings:notification", show)

// What came while this page was away: sent at each sign-in, and there is one at each connection.
const { pusher } = window.Echo.connector
pusher.user.bind("tidings:notification", show)
pusher.signin()

// The bell hears by the same connection.
document.querySelector("tidings-bell").echo = window.Echo

document.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault()
  const form = event.target
  const answer = await fetch("/messages", {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "X-CSRF-TOKEN": document.querySelector('meta[name="csrf-token"]').content,
    },
    body: JSON.stringify(Object.fromEntries(new FormData(form))),
  })
  if (answer.ok) form.reset()
})
