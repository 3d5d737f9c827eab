// The map's geometry: the square world of Web Mercator, its base lines, and what stands close together.

const { PI, sinh, atan, asinh, tan } = Math;

/** A place in the square world, 0 to 1 from the west and from the north. */
export const toWorld = ([longitude, latitude]) => {
  const y = Math.min(85, Math.max(-85, latitude)) * PI / 180;
  return [(longitude + 180) / 360, (1 - asinh(tan(y)) / PI) / 2];
};

/** And back to degrees. */
export const toDegrees = ([x, y]) => [x * 360 - 180, atan(sinh(PI * (1 - 2 * y))) * 180 / PI];

/** Lines as differences of hundredths of degrees, `[[x, y, dx, dy, ...], ...]`, as one path in the square world. */
export function path(lines) {
  const number = (value) => value.toFixed(6);
  return lines.map((line) => {
    let [x, y] = [0, 0];
    let drawn = "";
    for (let at = 0; at + 1 < line.length; at += 2) {
      [x, y] = [x + line[at], y + line[at + 1]];
      drawn += `${at ? "L" : "M"}${toWorld([x / 100, y / 100]).map(number).join(" ")}`;
    }
    return drawn;
  }).join("");
}

/** What stands close together at a zoom, as one feature each: cells of a quarter of a tile, as the service has them. */
export function clusters(spots, zoom) {
  const side = 4 * 2 ** zoom;
  const cells = new Map();
  for (const spot of spots) {
    const key = toWorld(spot.at).map((part) => Math.floor(part * side)).join();
    if (!cells.has(key)) cells.set(key, []);
    cells.get(key).push(spot);
  }
  return [...cells.values()].map((own) => {
    const places = new Set(own.map((spot) => spot.href ?? spot.label)).size;
    const mean = (axis) => own.reduce((sum, spot) => sum + spot.at[axis], 0) / own.length;
    const bound = (pick, axis) => own.map((spot) => spot.at[axis]).reduce((a, b) => pick(a, b));
    return {
      at: [mean(0), mean(1)],
      places,
      own,
      count: own.length,
      bbox: [bound(Math.min, 0), bound(Math.min, 1), bound(Math.max, 0), bound(Math.max, 1)],
    };
  });
}
