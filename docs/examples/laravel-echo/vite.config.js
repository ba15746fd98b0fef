import { defineConfig } from "vite"

export default defineConfig({
  publicDir: false, // what is built goes there, as in Laravel
  build: {
    outDir: "public/build",
    rolldownOptions: {
      input: "resources/js/app.js",
      output: { entryFileNames: "[name].js" },
    },
  },
})
