import Pusher from "pusher-js"
import { createContext, useContext, useEffect, useState } from "react"
import { TidingsClient } from "./bell.js"

const NOTHING = { entries: [], counts: { pending: 0, unseen: 0 }, status: "connecting" }
const Inbox = createContext(NOTHING)

/** Follows a user's inbox for all components below it, for as long as it is on the page. */
export function NotificationsProvider({ user, token, children }) {
  const [inbox, setInbox] = useState(NOTHING)

  useEffect(() => {
    const pusher = connect(token)
    const client = new TidingsClient({ src: "/tidings/", user, token, pusher })
    const { open, archive, openAll } = client
    const show = () => setInbox({ ...client.snapshot, open, archive, openAll })
    client.addEventListener("change", show)
    client.start()
    return () => {
      client.removeEventListener("change", show)
      client.stop() // it leaves the channel
      pusher.disconnect()
      setInbox(NOTHING) // which another user must not see
    }
  }, [user, token])

  return <Inbox value={inbox}>{children}</Inbox>
}

/** `entries`, `counts`, `status`; `open`, `archive` (of ids) and `openAll`. */
export const useNotifications = () => useContext(Inbox)

function connect(token) {
  const { hostname, port, protocol } = location
  return new Pusher("my-key", {
    cluster: "none", // pusher-js wants one
    wsHost: hostname,
    wsPort: port || 80,
    wssPort: port || 443,
    wsPath: "/tidings",
    forceTLS: protocol === "https:",
    enabledTransports: ["ws", "wss"],
    channelAuthorization: {
      endpoint: "/pusher/auth",
      headers: { Authorization: `Bearer ${token}` },
    },
  })
}
