// Makes the lines of the map on pages from Natural Earth (public domain, by way of world-atlas): coasts and borders,
// coarse for the world and finer around the eastern Mediterranean, as differences of hundredths of degrees.
import { readFileSync, writeFileSync } from "node:fs";
import { mesh } from "topojson-client";

const near = [25, 27, 52, 43];
const within = ([x, y]) => x >= near[0] && x <= near[2] && y >= near[1] && y <= near[3];
const lines = (name) => {
  const atlas = JSON.parse(readFileSync(new URL(`node_modules/world-atlas/${name}.json`, import.meta.url), "utf8"));
  return mesh(atlas, atlas.objects.countries).coordinates;
};

/** The stretches of a line whose points pass. */
function* stretches(line, passes) {
  let part = [];
  for (const point of line) {
    if (passes(point)) part.push(point);
    else {
      if (part.length > 1) yield part;
      part = [];
    }
  }
  if (part.length > 1) yield part;
}

const rounded = (line) => {
  const points = line.map(([x, y]) => [Math.round(x * 100), Math.round(y * 100)]);
  return points.filter((point, at) => !at || point[0] !== points[at - 1][0] || point[1] !== points[at - 1][1]);
};
const differences = (line) =>
  line.flatMap(([x, y], at) => (at ? [x - line[at - 1][0], y - line[at - 1][1]] : [x, y]));

const coarse = lines("countries-110m").flatMap((line) => [...stretches(line, (point) => !within(point))]);
const fine = lines("countries-50m").flatMap((line) => [...stretches(line, within)]);
const all = [...coarse, ...fine].map(rounded).filter((line) => line.length > 1).map(differences);
writeFileSync(new URL("../src/serve/pages/basemap.json", import.meta.url), `[\n${all.map((line) => JSON.stringify(line)).join(",\n")}\n]\n`);
console.log(`${all.length} lines`);
