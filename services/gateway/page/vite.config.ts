// Builds dist/: index.html and docs.html, assets/ with the hash of their content in the name, csp.json with the styles to allow.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const LIBRARY = "node_modules/lightweight-charts/dist/lightweight-charts.production.mjs";
const sha256 = (text: string, form: "hex" | "base64") => createHash("sha256").update(text).digest(form);

const hasEnding = (id: string, endings: string[]) => endings.some((ending) => id.endsWith(ending));
const isOfDocs = (id: string) => id.includes("swagger") || id.includes("docs.");

// Few files instead of many small ones, as each costs a request: what the first screen waits for, the charts, and what views share.
const GROUPS = [
  {
    name: "first",
    tags: ["$initial" as const],
    test: (id: string) => hasEnding(id, [".ts", ".tsx", ".js", ".mjs", ".ftl", ".ftl?raw"]) && !isOfDocs(id),
  },
  { name: "charts", test: /lightweight-charts|fancy-canvas|[\\/]chart[\\/]options/ },
  { name: "parts", minShareCount: 2, test: (id: string) => id.includes("/src/") && hasEnding(id, [".ts", ".tsx"]) },
];

// The chart library inserts the style of its attribution into the page: the content policy allows exactly this text.
function contentPolicy(): Plugin {
  return {
    name: "content-policy",
    async generateBundle() {
      const library = await readFile(LIBRARY, "utf8");
      const style = /["`](a#tv-attr-logo\{[^"`]*)["`]/.exec(library)?.[1];
      if (!style)
        throw new Error("lightweight-charts has changed its attribution: find tv-attr-logo and correct the pattern in vite.config.ts");
      this.emitFile({ type: "asset", fileName: "csp.json", source: JSON.stringify({ styles: [`sha256-${sha256(style, "base64")}`] }) });
      this.emitFile({ type: "asset", fileName: "assets/NOTICE.txt", source: await readFile("NOTICE", "utf8") });
    },
  };
}

// What a browser needs to install the page.
function manifest(): Plugin {
  return {
    name: "manifest",
    apply: "build",
    async transformIndexHtml(_, { path }) {
      if (path !== "/index.html") return [];
      const icon = await readFile("src/ui/icon.svg", "utf8");
      const text = JSON.stringify({
        name: "Finstage",
        short_name: "Finstage",
        description: "Live quotes, charts and signals",
        start_url: "/",
        scope: "/",
        display: "standalone",
        background_color: "#f6f5f2",
        theme_color: "#14575c",
        icons: [
          { src: `data:image/svg+xml;base64,${Buffer.from(icon).toString("base64")}`, sizes: "any", type: "image/svg+xml", purpose: "any" },
        ],
      });
      manifestFile = { name: `assets/manifest-${sha256(text, "hex").slice(0, 10)}.webmanifest`, text };
      return [{ tag: "link", attrs: { rel: "manifest", href: `/${manifestFile.name}` }, injectTo: "head" }];
    },
    generateBundle: {
      order: "post",
      handler() {
        if (manifestFile) this.emitFile({ type: "asset", fileName: manifestFile.name, source: manifestFile.text });
      },
    },
  };
}
let manifestFile: { name: string; text: string } | null = null;

export default defineConfig({
  base: "/",
  plugins: [contentPolicy(), manifest()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2023",
    sourcemap: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      input: { index: "index.html", docs: "docs.html" },
      output: { codeSplitting: { groups: GROUPS } },
    },
  },
  test: { include: ["tests/*.test.ts"], setupFiles: ["tests/setup.ts"], environment: "node", isolate: false },
});
