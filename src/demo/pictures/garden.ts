import { body, box, circle, ellipse, flat, line, mix, type Paint, part } from './paint.ts';

const BLADE = '#8f979a';
const LEAF = '#6f8a4e';
const DARK_LEAF = '#4f6a3a';
const WOOD = '#b98a56';
const CLAY = '#c0653e';

const leaf = (x: number, y: number, turn: number, scale = 1): string =>
  `<g transform="translate(${x} ${y}) rotate(${turn}) scale(${scale})">${flat('M0 0c-22 -18 -22 -52 0 -74c22 22 22 56 0 74z', LEAF)}${line('M0 -4v-58', DARK_LEAF, 2.5)}</g>`;

const flower = (x: number, y: number, petals: string, heart: string): string =>
  [0, 60, 120, 180, 240, 300]
    .map(
      (turn) =>
        `<ellipse cx="${x}" cy="${y - 20}" rx="12" ry="20" fill="${petals}" transform="rotate(${turn} ${x} ${y})"/>`,
    )
    .join('') + circle([x, y, 11], heart);

const tulip = (x: number, y: number, petals: string): string =>
  line(`M${x} ${y + 30}v70`, LEAF, 7) +
  leaf(x - 3, y + 98, -32, 0.8) +
  leaf(x + 3, y + 98, 32, 0.7) +
  part(`M${x - 28} ${y - 28}q14 18 14 6q2 -20 14 -28q12 8 14 28q0 12 14 -6q10 62 -28 64q-38 -2 -28 -64z`, petals);

/** What grows out of a packet of seeds, about the point 200, 222. */
const EMBLEMS: Record<string, (p: Paint) => string> = {
  tomato: (p) =>
    circle([180, 228, 32], p.base) +
    circle([228, 240, 26], p.base) +
    flat('M166 198l14 8l14 -8l-8 14h-12zM216 216l12 6l12 -6l-7 12h-10z', LEAF),
  leaf: () => leaf(200, 266, 0, 1.1) + leaf(198, 266, -48) + leaf(202, 266, 48),
  pea: () =>
    `<g transform="rotate(-24 200 226)">${part('M136 226q64 -44 128 0q-64 44 -128 0z', LEAF)}${[166, 188, 212, 234].map((x) => circle([x, 226, 12], '#a9c27e')).join('')}</g>`,
  carrot: (p) =>
    flat('M176 206q24 -14 48 0l-20 72q-4 8 -8 0z', p.base) +
    line('M184 224h16M196 244h14', mix(p.base, '#2b2018', 0.25), 3) +
    leaf(200, 206, -22, 0.6) +
    leaf(200, 206, 22, 0.6) +
    leaf(200, 206, 0, 0.7),
  flower: (p) =>
    line('M200 230v56', LEAF, 6) + leaf(200, 284, -50, 0.5) + flower(200, 222, mix(p.base, '#ffffff', 0.12), '#e2b544'),
  sun: (p) =>
    line('M200 230v56', LEAF, 6) +
    leaf(200, 286, 48, 0.5) +
    Array.from(
      { length: 14 },
      (_, i) => `<ellipse cx="200" cy="190" rx="8" ry="18" fill="${p.base}" transform="rotate(${i * 25.7} 200 222)"/>`,
    ).join('') +
    circle([200, 222, 22], mix(p.dark, '#2b2018', 0.35)),
  tulip: (p) => tulip(200, 208, p.base),
  bulb: (p) =>
    part('M200 176q6 24 30 44q14 40 -30 44q-44 -4 -30 -44q24 -20 30 -44z', p.light) +
    line('M200 190q-10 40 0 70M214 210q8 26 0 48M186 210q-8 26 0 48', p.dark, 3),
};

function plantPot(p: Paint, at: { y: number; w: number; h: number }): string {
  const { y, w, h } = at;
  const x = 200 - w / 2;
  return (
    body(`M${x + 10} ${y}h${w - 20}l${-w * 0.11} ${h}h${-(w - 20 - w * 0.22)}z`, p) +
    body(box(x, y - 26, { w, h: 34, r: 6 }), p) +
    flat(box(x + 6, y + 8, { w: w - 12, h: 8 }), '#2b2018', 0.12)
  );
}

function handTool(head: string, p: Paint): string {
  return `<g transform="rotate(34 200 200)">${head}${line('M200 170v62', BLADE, 13)}${body('M186 226h28l8 112q0 20 -22 20t-22 -20z', p)}${part('M184 222h32v16h-32z', '#c9a24b')}</g>`;
}

function longTool(head: string): string {
  return `<g transform="rotate(14 200 200)">${line('M200 60v170', WOOD, 15)}${line('M172 54h56', WOOD, 17)}${line('M200 196v40', BLADE, 19)}${head}</g>`;
}

/** Tools, seeds, pots. Each is drawn in 400 by 400 and stands on the line at 320. */
export const GARDEN_SHAPES: Record<string, (p: Paint) => string> = {
  trowel: (p) =>
    handTool(
      part('M200 26c34 34 44 80 36 130q-36 24 -72 0c-8 -50 2 -96 36 -130z', BLADE) + line('M200 60v80', '#ffffff', 3),
      p,
    ),
  handfork: (p) => handTool(line('M166 40v80q0 40 34 46q34 -6 34 -46v-80M200 36v130', BLADE, 12), p),
  spade: () => longTool(part('M150 228h100v80q-6 46 -50 58q-44 -12 -50 -58z', BLADE)),
  gardenfork: () => longTool(line('M156 350v-90q0 -24 44 -24t44 24v90M186 352v-104M214 352v-104', BLADE, 11)),
  secateurs: (p) =>
    `<g transform="rotate(30 200 210)">${part('M196 60c40 40 40 90 8 140l-22 -10c24 -50 22 -90 14 -130z', '#c3cbcd')}${part('M160 100c-8 40 6 80 34 104l14 -16c-22 -20 -36 -50 -48 -88z', BLADE)}${circle([198, 200, 13], '#c9a24b')}${line('M190 210q-44 60 -36 150M208 210q44 60 30 150', p.dark, 26)}${line('M190 209q-43 60 -35 150M208 209q43 60 29 150', p.base, 19)}</g>`,
  can: (p) =>
    line('M270 186q70 -20 60 46t-66 62', p.dark, 13) +
    line('M150 178q40 -80 112 -6', p.dark, 11) +
    body('M136 276l-84 -120l16 -14l92 84z', p) +
    part('M34 140l44 -30l14 22l-44 30z', '#c9a24b') +
    body('M136 176h136l10 132q0 12 -14 12h-128q-14 0 -14 -12z', p) +
    ellipse([204, 176, 68, 14], p.light) +
    ellipse([204, 178, 58, 9], mix(p.base, '#2b2018', 0.4)),
  mister: (p) =>
    line('M200 128v-26h-58', '#c9a24b', 13) +
    line('M214 132q30 8 26 40', '#c9a24b', 8) +
    part('M180 124h40v28h-40z', '#c9a24b') +
    `<g opacity="0.9">${body('M164 152h72c50 40 60 92 40 168h-152c-20 -76 -10 -128 40 -168z', p)}</g>${flat('M118 236q82 -14 164 0q4 40 -8 78h-148q-12 -38 -8 -78z', '#d5eaf0', 0.7)}${[
      [112, 94],
      [96, 112],
      [118, 116],
      [92, 88],
    ]
      .map(([x = 0, y = 0]) => circle([x, y, 4], '#9dbccb'))
      .join('')}`,
  gloves: (p) =>
    [
      [-12, 140, 1],
      [14, 262, -1],
    ]
      .map(
        ([turn = 0, x = 0, side = 1]) =>
          `<g transform="translate(${x} 220) rotate(${turn}) scale(${side} 1)">${body('M-48 100v-104q0 -16 4 -84q2 -14 12 -14t12 14v52l4 -74q2 -14 12 -14t12 14v74l6 -62q2 -14 12 -14t10 14l-4 88q22 -34 34 -20q10 14 -14 52q-12 20 -16 78z', p)}${part('M-54 84h98v24h-98z', mix(p.dark, LEAF, 0.5))}</g>`,
      )
      .join(''),
  kneeler: (p) =>
    body('M60 240h250l36 70q4 12 -12 12h-280q-16 0 -12 -12z', p) + line('M150 240q50 -50 100 0', p.dark, 11),
  twine: (p) =>
    body('M200 130c64 0 96 42 96 96s-38 96 -96 96s-96 -42 -96 -96s32 -96 96 -96z', p) +
    line(
      'M124 180q70 -50 150 10M112 220q90 -60 178 20M124 266q70 -60 150 16M160 140q-40 90 20 176M240 140q40 90 -20 176',
      p.dark,
      5,
    ) +
    line('M286 270q60 20 50 52', p.base, 6),
  labels: (p) =>
    [
      [-10, 140],
      [4, 200],
      [12, 260],
    ]
      .map(
        ([turn = 0, x = 0]) =>
          `<g transform="rotate(${turn} ${x} 320)">${body(`M${x - 24} 110h48v150l-24 66l-24 -66z`, p)}${line(`M${x} 136v76`, '#f3ead8', 4)}</g>`,
      )
      .join('') + ellipse([200, 322, 130, 16], '#6d5440'),
  dibber: (p) =>
    `<g transform="rotate(24 200 200)">${body('M176 156h48v130l-24 70l-24 -70z', p)}${body('M140 128q0 -26 60 -26t60 26t-60 28t-60 -28z', p)}${line('M178 216h44M178 250h44', p.dark, 4)}</g>`,
  trug: (p) =>
    line('M104 220q96 -190 192 0', p.dark, 14) +
    [
      [150, 196],
      [206, 186],
      [258, 200],
    ]
      .map(([x = 0, y = 0]) => leaf(x, y, -14) + leaf(x, y, 20) + circle([x, y + 8, 24], CLAY))
      .join('') +
    body('M64 214h272q-10 108 -62 108h-148q-52 0 -62 -108z', p) +
    line('M62 214h276', p.dark, 13),
  canes: () =>
    [
      [110, -12],
      [140, -6],
      [172, -2],
      [204, 2],
      [236, 6],
      [270, 11],
    ]
      .map(
        ([x = 0, turn = 0]) =>
          `<g transform="rotate(${turn} ${x} 320)">${line(`M${x} 320V84`, WOOD, 10)}${line(`M${x} 150l16 -16M${x} 230l-16 -14`, WOOD, 6)}</g>`,
      )
      .join('') + line('M112 230q90 22 170 -4', '#e3d5bd', 9),
  seeds: (p) =>
    body(box(104, 84, { w: 192, h: 238, r: 6 }), p) +
    flat('M104 90h192v26h-192z', p.dark, 0.5) +
    line('M110 102h180', p.light, 2.5) +
    flat(box(124, 140, { w: 152, h: 164, r: 8 }), '#fdf8ec') +
    line('M160 158h80', '#5b4a3a', 5),
  pot: (p) =>
    leaf(196, 186, -30, 1.1) +
    leaf(204, 186, 30, 1.1) +
    leaf(200, 190, 0, 1.35) +
    plantPot(p, { y: 196, w: 190, h: 126 }),
  tallpot: (p) =>
    leaf(190, 140, -26, 0.8) + leaf(210, 140, 26, 0.8) + leaf(200, 142, 0) + plantPot(p, { y: 146, w: 130, h: 176 }),
  planter: (p) =>
    leaf(176, 160, -36, 1.1) +
    leaf(224, 160, 36, 1.1) +
    leaf(200, 164, 0, 1.4) +
    line('M146 262l-14 62M254 262l14 62', WOOD, 13) +
    body('M104 152h192v90q0 44 -44 44h-104q-44 0 -44 -44z', p) +
    ellipse([200, 152, 96, 12], '#5a4634'),
  trough: (p) =>
    [110, 150, 200, 250, 290]
      .map((x, i) => leaf(x, 214, i % 2 ? 18 : -18, 0.9) + leaf(x + 10, 214, i % 2 ? -24 : 30, 0.75))
      .join('') +
    body('M64 210h272l-18 102q-2 10 -12 10h-212q-10 0 -12 -10z', p) +
    part('M58 200h284v22h-284z', p.dark),
  hanging: (p) =>
    line('M200 20v50M200 70l-72 130M200 70l72 130M200 70v120', '#c9b48f', 5) +
    [128, 160, 240, 272]
      .map(
        (x, i) =>
          line(`M${x} 206q${i < 2 ? -30 : 30} 30 ${i < 2 ? -22 : 22} 110`, LEAF, 6) +
          leaf(x + (i < 2 ? -20 : 20), 270, i < 2 ? 200 : 160, 0.5) +
          leaf(x + (i < 2 ? -22 : 22), 316, 180, 0.5),
      )
      .join('') +
    body('M116 196h168c0 66 -34 100 -84 100s-84 -34 -84 -100z', p) +
    leaf(200, 204, 0, 0.9) +
    leaf(180, 204, -40, 0.9) +
    leaf(220, 204, 40, 0.9),
  seedtray: (p) =>
    body('M50 250h300l-24 66q-2 6 -10 6h-232q-8 0 -10 -6z', p) +
    [84, 132, 180, 228, 276, 320].map((x) => leaf(x, 250, -24, 0.45) + leaf(x, 250, 24, 0.45)).join(''),
  paperpots: (p) =>
    [112, 200, 288]
      .map(
        (x) =>
          leaf(x, 220, -24, 0.7) +
          leaf(x, 220, 24, 0.7) +
          body(`M${x - 42} 216h84l-12 106h-60z`, p) +
          ellipse([x, 216, 42, 9], '#5a4634'),
      )
      .join(''),
  saucer: (p) =>
    body('M64 262h272l-22 50q-4 10 -16 10h-196q-12 0 -16 -10z', p) +
    ellipse([200, 262, 136, 24], p.light) +
    ellipse([200, 265, 120, 17], mix(p.base, '#2b2018', 0.2)),
  feet: (p) =>
    [104, 200, 296]
      .map(
        (x) =>
          body(`M${x - 44} 322v-46q0 -34 44 -34t44 34v46z`, p) +
          [-26, 0, 26].map((dx) => circle([x + dx, 240, 13], p.base)).join(''),
      )
      .join(''),
  urn: (p) =>
    tulip(200, 66, CLAY) +
    body(
      'M112 150h176q8 0 8 10t-14 12c0 62 -24 86 -58 92v20h28q12 16 12 36h-128q0 -20 12 -36h28v-20c-34 -6 -58 -30 -58 -92q-14 -2 -14 -12t8 -10z',
      p,
    ),
  cloche: (p) =>
    leaf(176, 306, -40, 1.1) +
    leaf(224, 306, 40, 1.1) +
    leaf(200, 306, 0, 1.3) +
    leaf(188, 306, -18, 1.2) +
    leaf(212, 306, 18, 1.2) +
    ellipse([200, 312, 130, 16], '#6d5440') +
    `<g opacity="0.5">${body('M92 312v-86c0 -76 48 -112 108 -112s108 36 108 112v86z', p)}</g>` +
    circle([200, 102, 15], '#dce8e8') +
    line('M122 280v-52q0 -50 36 -72', '#ffffff', 8),
  coldframe: (p) =>
    flat('M70 190l44 -70h200l24 70z', '#cfe2e2') +
    line('M70 190l44 -70h200l24 70zM206 120l-2 70', p.dark, 7) +
    [110, 160, 250, 300].map((x) => leaf(x, 196, 12, 0.5) + leaf(x, 196, -24, 0.5)).join('') +
    body('M62 194h284v126h-284z', p) +
    line('M62 236h284M62 278h284', p.dark, 3),
};

/** Shapes that need their pattern's name, since it says what grows. */
export function growing(shape: string, pattern: string, paint: Paint): string | null {
  if (shape === 'seeds') return (GARDEN_SHAPES.seeds?.(paint) ?? '') + (EMBLEMS[pattern]?.(paint) ?? '');
  if (shape === 'bulbs')
    return (
      (EMBLEMS[pattern] && pattern !== 'tulip'
        ? `<g transform="translate(0 -80)">${EMBLEMS[pattern](paint)}</g>`
        : tulip(200, 96, paint.base)) + bulbsOnly()
    );
  if (shape !== 'plant') return null;
  const crown =
    pattern === 'fern'
      ? [-78, -56, -34, -12, 12, 34, 56, 78].map((turn) => leaf(200, 226, turn, 1.7)).join('')
      : line('M200 230V120', '#8a6a45', 10) +
        Array.from({ length: 16 }, (_, i) =>
          leaf(200 + Math.sin(i * 2.4) * 52, 138 + Math.cos(i * 1.7) * 46, i * 47, 0.62),
        ).join('') +
        [
          [170, 130],
          [226, 112],
          [214, 156],
          [182, 96],
        ]
          .map(([x = 0, y = 0]) => ellipse([x, y, 7, 10], '#5b5a37'))
          .join('');
  return crown + plantPot(paint, { y: 232, w: 150, h: 90 });
}

function bulbsOnly(): string {
  return [
    [138, 0],
    [200, 10],
    [262, 0],
  ]
    .map(
      ([x = 0, y = 0]) =>
        part(`M${x} ${200 + y}q6 26 34 50q14 52 -34 60q-48 -8 -34 -60q28 -24 34 -50z`, '#b98a56') +
        line(`M${x - 8} ${226 + y}q-14 40 -4 76M${x + 8} ${226 + y}q14 40 4 76`, '#8a6236', 3),
    )
    .join('');
}
