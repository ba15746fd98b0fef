import react from "@vitejs/plugin-react"
import { defineConfig } from "vite"

const server = { target: "http://127.0.0.1:8000", ws: true }

export default defineConfig({
  plugins: [react()],
  server: { proxy: { "/api": server, "/pusher": server, "/tidings": server } }, // of `npm run dev`
})
