import { useState } from "react"
import { useNotifications } from "./notifications.jsx"

export function Bell() {
  const { entries, counts, status, open, archive, openAll } = useNotifications()
  const [shown, setShown] = useState(false)

  return (
    <div className="bell">
      <button onClick={() => setShown(!shown)} aria-expanded={shown}>
        Notifications {counts.pending > 0 && <b>{counts.pending}</b>}
      </button>
      {status === "offline" && <p role="status">No connection. Trying again…</p>}
      {status === "failed" && <p role="status">Sign in again to see more.</p>}
      {shown && (
        <section aria-label="Notifications">
          {entries.length === 0 && <p>Nothing here yet</p>}
          <ul>
            {entries.map((entry) => (
              <Row key={entry.id} entry={entry} open={open} archive={archive} />
            ))}
          </ul>
          {counts.pending > 0 && <button onClick={() => openAll()}>Mark all as read</button>}
        </section>
      )}
    </div>
  )
}

function Row({ entry, open, archive }) {
  const { heading, content } = entry.notification
  return (
    <li className={entry.opened ? "read" : "unread"}>
      <button onClick={() => open(entry.id)}>{heading}</button>
      <span>{content}</span>
      <button onClick={() => archive(entry.id)} aria-label={`Archive ${heading}`}>
        ×
      </button>
    </li>
  )
}
