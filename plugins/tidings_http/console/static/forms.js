// What an operator does: push a test notification, cut a user off.

import { Refused } from "./server.js";

const at = (id) => document.getElementById(id);

/** Let a form do something, and tell what became of it in an element. */
function does(form, said, deed) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    said.textContent = "";
    try {
      said.textContent = await deed();
      said.className = "";
    } catch (error) {
      said.textContent = error instanceof Refused ? error.message : "The server cannot be reached.";
      said.className = "bad";
    }
  });
}

/** The form that pushes. */
export function pushing(server) {
  does(at("push"), at("push-said"), async () => {
    const user = at("push-user").value;
    const notification = { heading: at("push-heading").value, content: at("push-content").value };
    const { results } = await server.ask("push", { users: [user], notification });
    const { state, position, error } = results[user];
    if (error) throw new Refused(error.status, error.detail);
    return position ? `Stored for ${user}, at ${position.offset}.` : `For ${user}: ${state}.`;
  });
}

/** The dialog that cuts users off; returns what opens it. */
export function cutting(server) {
  const dialog = at("cut");
  const user = at("cut-user");
  does(at("cut-form"), at("cut-said"), async () => {
    await server.ask("console/disconnect", { user: user.value, revoke: at("cut-revoke").checked });
    return `${user.value} is disconnected.`;
  });
  at("cut-cancel").addEventListener("click", () => dialog.close());
  return (name = "") => {
    user.value = name;
    at("cut-revoke").checked = false;
    at("cut-said").textContent = "";
    dialog.showModal();
  };
}
