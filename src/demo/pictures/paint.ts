/** The shop's colours: base tone by name. */
const TONES: Record<string, string> = {
  oat: '#e3d5bd',
  moss: '#7d8f69',
  ink: '#3d4a5c',
  sky: '#9dbccb',
  rust: '#c0653e',
  cream: '#f3ead8',
  butter: '#ecc766',
  rose: '#c98592',
  olive: '#a5894f',
  wood: '#c39a6b',
  aqua: '#a9d3cd',
  clear: '#dce8e8',
  iron: '#4a4745',
  steel: '#b9bfc2',
  copper: '#c27a53',
  brass: '#c9a24b',
};

/** What a shape is drawn with. */
export interface Paint {
  base: string;
  dark: string;
  light: string;
}

function channels(color: string): [number, number, number] {
  const value = Number.parseInt(color.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/** Mixes two colours. @param share of the second, 0 to 1 */
export function mix(first: string, second: string, share: number): string {
  const [a, b] = [channels(first), channels(second)];
  const mixed = a.map((channel, i) => Math.round(channel + ((b[i] ?? 0) - channel) * share));
  return `#${mixed.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}

function toneOf(name: string): string {
  return TONES[name] ?? TONES.oat ?? '#e3d5bd';
}

export function paintOf(color: string): Paint {
  const base = toneOf(color);
  return { base, dark: mix(base, '#2b2018', 0.32), light: mix(base, '#ffffff', 0.5) };
}

/** The main part of a shape: the colour, its pattern and a shade from the right. */
export function body(d: string, paint: Paint): string {
  return `<path d="${d}" fill="${paint.base}"/><path d="${d}" fill="url(#pattern)"/><path d="${d}" fill="url(#shade)"/>`;
}

/** A part in a colour of its own, shaded, without the pattern. */
export function part(d: string, fill: string): string {
  return `<path d="${d}" fill="${fill}"/><path d="${d}" fill="url(#shade)"/>`;
}

/** A flat area. */
export function flat(d: string, fill: string, opacity = 1): string {
  return `<path d="${d}" fill="${fill}"${opacity === 1 ? '' : ` opacity="${opacity}"`}/>`;
}

/** A stroke with round ends. */
export function line(d: string, stroke: string, width: number): string {
  return `<path d="${d}" fill="none" stroke="${stroke}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"/>`;
}

export function ellipse(at: readonly [number, number, number, number], fill: string): string {
  const [cx, cy, rx, ry] = at;
  return `<ellipse cx="${cx}" cy="${cy}" rx="${rx}" ry="${ry}" fill="${fill}"/>`;
}

export function circle(at: readonly [number, number, number], fill: string): string {
  return ellipse([at[0], at[1], at[2], at[2]], fill);
}

/** A rectangle with round corners as a path. */
export function box(x: number, y: number, size: { w: number; h: number; r?: number }): string {
  const { w, h, r = 0 } = size;
  return `M${x + r} ${y}h${w - 2 * r}q${r} 0 ${r} ${r}v${h - 2 * r}q0 ${r} ${-r} ${r}h${2 * r - w}q${-r} 0 ${-r} ${-r}v${2 * r - h}q0 ${-r} ${r} ${-r}z`;
}

/** A paper label with three lines of writing. */
export function label(x: number, y: number, w: number): string {
  const middle = x + w / 2;
  return (
    flat(box(x, y, { w, h: w * 0.62, r: 5 }), '#fdf8ec') +
    line(`M${middle - w * 0.26} ${y + w * 0.2}h${w * 0.52}`, '#5b4a3a', 4) +
    line(
      `M${middle - w * 0.16} ${y + w * 0.34}h${w * 0.32}M${middle - w * 0.2} ${y + w * 0.45}h${w * 0.4}`,
      '#b5a48c',
      3,
    )
  );
}

/** What a pattern draws within one tile of 40 by 40. */
function tileOf(pattern: string, paint: Paint): string {
  const speck = mix(paint.base, '#2b2018', 0.55);
  switch (pattern) {
    case 'speckle':
      return [
        [6, 8, 1.6],
        [22, 5, 1],
        [33, 14, 1.8],
        [14, 21, 1.1],
        [27, 27, 1.5],
        [8, 33, 1.3],
        [36, 36, 1],
        [19, 36, 0.9],
      ]
        .map(([x = 0, y = 0, r = 1]) => circle([x, y, r], speck))
        .join('');
    case 'stripe':
      return flat('M0 0h9v40h-9zM20 0h3v40h-3z', paint.dark, 0.55);
    case 'check':
      return flat('M0 0h14v40h-14z', paint.dark, 0.35) + flat('M0 0h40v14h-40z', paint.dark, 0.35);
    case 'dots':
      return circle([10, 10, 4.5], paint.dark) + circle([30, 30, 4.5], paint.dark);
    case 'bubble':
      return [
        [8, 10, 4],
        [28, 6, 2.5],
        [20, 25, 3.5],
        [34, 33, 4.5],
        [7, 34, 2],
      ]
        .map(([x = 0, y = 0, r = 1]) => `<circle cx="${x}" cy="${y}" r="${r}" fill="#ffffff" opacity="0.45"/>`)
        .join('');
    case 'grain':
      return line('M0 8q20 6 40 0M0 20q14 -5 40 2M0 33q22 5 40 -1', mix(paint.base, '#2b2018', 0.22), 1.6);
    case 'weave':
      return line('M0 10h18M22 30h18M10 22v16M30 2v16', paint.dark, 5);
    case 'glaze':
      return flat('M0 28q10 9 20 0t20 0v12h-40z', paint.light, 0.28);
    default:
      return '';
  }
}

/** Definitions that shapes refer to. */
export function definitions(pattern: string, paint: Paint): string {
  return (
    `<pattern id="pattern" width="40" height="40" patternUnits="userSpaceOnUse">${tileOf(pattern, paint)}</pattern>` +
    '<linearGradient id="shade" x1="0" x2="1" y1="0" y2="0.25"><stop offset="0" stop-color="#fff" stop-opacity="0.28"/>' +
    '<stop offset="0.35" stop-color="#fff" stop-opacity="0"/><stop offset="0.62" stop-color="#3a2414" stop-opacity="0"/>' +
    '<stop offset="1" stop-color="#3a2414" stop-opacity="0.26"/></linearGradient>'
  );
}
