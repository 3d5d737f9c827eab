// Makes the scripts of the pages: `dist/` gets the modules under names that change with their content, and
// `modules.json`, which tells the service what the first is called. With `--check` their sizes are held against the
// budget: what every page loads, and all there is. With ISNAD_FONTS=1 in the environment the fonts of the pages go in too,
// with their licence (SIL Open Font License); without it readers see what their system has.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = new URL("./", import.meta.url);
const dist = fileURLToPath(new URL("dist/", here));
const BUDGET = { first: 20 * 1024, all: 180 * 1024 };

rmSync(dist, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: fileURLToPath(here),
  entryPoints: ["src/main.js"],
  outdir: dist,
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  minify: true,
  target: "es2022",
  metafile: true,
  legalComments: "none",
});
const first = Object.entries(metafile.outputs).find(([, output]) => output.entryPoint === "src/main.js");
writeFileSync(new URL("dist/modules.json", here), JSON.stringify({ main: basename(first[0]) }));

// The letters of both languages; other letters come from the system.
const FONTS = [
  ["noto-naskh-arabic", "Noto Naskh Arabic", "arabic", "400 700", "U+0600-06FF, U+0750-077F, U+0870-08FF, U+200C-200F, U+FB50-FDFF, U+FE70-FEFC"],
  ["noto-sans", "Noto Sans", "latin", "100 900", "U+0000-00FF, U+0131, U+0152-0153, U+02BB-02BC, U+02C6, U+02DA, U+02DC, U+2000-206F, U+20AC, U+2122, U+2212"],
];
if (process.env.ISNAD_FONTS) {
  const rules = FONTS.map(([name, family, letters, weight, range]) => {
    const from = new URL(`node_modules/@fontsource-variable/${name}/`, here);
    const font = readFileSync(new URL(`files/${name}-${letters}-wght-normal.woff2`, from));
    const file = `${name}-${createHash("sha256").update(font).digest("hex").slice(0, 8)}`;
    writeFileSync(dist + file + ".woff2", font);
    writeFileSync(dist + file + ".txt", readFileSync(new URL("LICENSE", from)));
    return `@font-face { font-family: "${family}"; font-weight: ${weight}; font-display: swap; src: url(/assets/${file}.woff2) format("woff2"); unicode-range: ${range}; }\n`;
  });
  writeFileSync(dist + "fonts.css", rules.join(""));
}

const sizes = new Map(
  readdirSync(dist).filter((file) => file.endsWith(".js"))
    .map((file) => [file, gzipSync(readFileSync(dist + file), { level: 9 }).length]),
);
// What the first module imports without being asked is loaded with it.
const eager = new Set();
const follow = (path) => {
  if (eager.has(path)) return;
  eager.add(path);
  metafile.outputs[path].imports.filter((it) => it.kind === "import-statement").forEach((it) => follow(it.path));
};
follow(first[0]);
const sum = (files) => [...files].reduce((all, file) => all + sizes.get(basename(file)), 0);
const told = { first: sum(eager), all: sum(sizes.keys()) };
for (const [file, size] of sizes) console.log(`${String(size).padStart(7)} B gzip  ${file}`);
console.log(`before any module ${told.first} B, in all ${told.all} B`);
if (process.argv.includes("--check")) {
  for (const part of ["first", "all"]) {
    if (told[part] > BUDGET[part]) {
      console.error(`too large: ${part} is ${told[part]} B, the budget ${BUDGET[part]} B`);
      process.exitCode = 1;
    }
  }
}
