import { useState } from "react"
import { Bell } from "./Bell.jsx"
import { NotificationsProvider } from "./notifications.jsx"

const KEPT = "session" // for as long as the tab is open

export function App() {
  const [session, setSession] = useState(() => JSON.parse(sessionStorage.getItem(KEPT)))

  async function signIn(event) {
    event.preventDefault()
    const user = new FormData(event.target).get("user")
    const answer = await post("/api/sign-in", { user })
    if (!answer.ok) return
    const signedIn = { user, token: await answer.json() }
    sessionStorage.setItem(KEPT, JSON.stringify(signedIn))
    setSession(signedIn)
  }

  function signOut() {
    sessionStorage.removeItem(KEPT)
    setSession(null)
  }

  if (!session) {
    return (
      <form onSubmit={signIn}>
        <input name="user" aria-label="Your name" placeholder="Your name" required />
        <button>Sign in</button>
      </form>
    )
  }
  return (
    <NotificationsProvider {...session}>
      <header>
        <h1>Messages of {session.user}</h1>
        <Bell />
      </header>
      <Write token={session.token} />
      <button onClick={signOut}>Sign out</button>
    </NotificationsProvider>
  )
}

function Write({ token }) {
  async function send(event) {
    event.preventDefault()
    const form = event.target
    const answer = await post("/api/messages", Object.fromEntries(new FormData(form)), token)
    if (answer.ok) form.reset()
  }
  return (
    <form onSubmit={send}>
      <input name="to" aria-label="To" placeholder="To" required />
      <input name="text" aria-label="Text" placeholder="Text" required />
      <button>Send</button>
    </form>
  )
}

function post(path, body, token) {
  return fetch(path, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      ...(token && { Authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  })
}
