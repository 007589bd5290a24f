// Builds dist/: index.html and docs.html, assets/ with the hash of their content in the name, csp.json with the styles to allow.
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { build } from "esbuild";

const out = "dist";
const hash = (text) => createHash("sha256").update(text).digest();
const hashedName = (name, content) => name.replace(/(\.\w+)$/, `-${hash(content).toString("hex").slice(0, 10)}$1`);

await rm(out, { recursive: true, force: true });
await mkdir(join(out, "assets"), { recursive: true });

const built = await build({
  entryPoints: ["src/main.ts", "src/docs.ts"],
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  outdir: join(out, "assets"),
  entryNames: "[name]-[hash]",
  metafile: true,
  legalComments: "eof",
  logLevel: "warning",
});
const outputs = Object.entries(built.metafile.outputs);
const script = (entry) => outputs.find(([, output]) => output.entryPoint === entry);
const assets = (entry) => {
  const [path, output] = script(entry);
  return { script: basename(path), style: basename(output.cssBundle ?? "") };
};

async function copyAsset(path) {
  const content = await readFile(path);
  const name = hashedName(basename(path), content);
  await writeFile(join(out, "assets", name), content);
  return name;
}

async function page(template, target, names) {
  let html = await readFile(template, "utf8");
  for (const [key, name] of Object.entries(names)) html = html.replaceAll(`{{${key}}}`, `/assets/${name}`);
  await writeFile(join(out, target), html);
}

const icon = await copyAsset("src/icon.svg");
await page("src/index.html", "index.html", { ...assets("src/main.ts"), icon });
await page("src/docs.html", "docs.html", {
  ...assets("src/docs.ts"),
  icon,
  swagger: await copyAsset("node_modules/swagger-ui-dist/swagger-ui-bundle.js"),
  swaggerStyle: await copyAsset("node_modules/swagger-ui-dist/swagger-ui.css"),
});
await cp("NOTICE", join(out, "assets", "NOTICE.txt"));

// The chart library inserts the style of its attribution into the page: the content policy allows exactly this text.
const library = await readFile("node_modules/lightweight-charts/dist/lightweight-charts.production.mjs", "utf8");
const style = /"(a#tv-attr-logo\{[^"]*)"/.exec(library)?.[1] ?? /`(a#tv-attr-logo\{[^`]*)`/.exec(library)?.[1];
if (!style) throw new Error("lightweight-charts has changed its attribution: find tv-attr-logo and correct the pattern in build.mjs");
await writeFile(join(out, "csp.json"), JSON.stringify({ styles: [`sha256-${hash(style).toString("base64")}`] }));
console.log(`built ${outputs.length + 3} files into ${out}/`);
