import { body, box, circle, ellipse, flat, label, line, mix, type Paint, part } from './paint.ts';

const WOOD = '#a9794c';
const BRASS = '#c9a24b';

function flame(x: number, y: number, scale = 1): string {
  return `<g transform="translate(${x} ${y}) scale(${scale})">${ellipse([0, -14, 34, 40], 'url(#glow)')}${flat('M0 -44c18 22 20 34 14 44q-6 8 -14 8t-14 -8c-6 -10 -4 -22 14 -44z', '#f2a63b')}${flat('M0 -22c8 10 9 18 6 23q-3 4 -6 4t-6 -4c-3 -5 -2 -13 6 -23z', '#fff0b8')}</g>`;
}

function hanging(p: Paint, fringe: boolean): string {
  const end = fringe ? line(Array.from({ length: 14 }, (_, i) => `M${126 + i * 11.5} 312v14`).join(''), p.dark, 3) : '';
  return `${end}${body('M118 96q82 14 164 0v214q-82 10 -164 0z', p)}${flat('M160 102q10 100 0 210q18 2 22 0q8 -110 0 -207zM232 106q-8 100 2 208q14 0 18 -1q-10 -110 0 -209z', '#2b2018', 0.09)}${line('M200 70v30', WOOD, 7)}${line('M108 96q92 14 184 0', WOOD, 9)}`;
}

function folded(p: Paint, layers: number): string {
  return Array.from({ length: layers }, (_, i) => {
    const y = 320 - (i + 1) * 46;
    return `${body(box(84 + i * 5, y, { w: 232 - i * 10, h: 46, r: 20 }), p)}${line(`M${104 + i * 5} ${y + 23}h${190 - i * 10}`, p.dark, 2)}`;
  }).join('');
}

function soapBar(p: Paint): string {
  return `${body('M92 236q0 -50 50 -52h116q50 2 50 52v30q0 52 -50 54h-116q-50 -2 -50 -54z', p)}${ellipse([200, 234, 82, 34], p.light)}${line('M158 232q20 -18 42 0t42 0', p.dark, 5)}${[
    [300, 150, 20],
    [326, 190, 11],
    [268, 138, 9],
  ]
    .map(([x = 0, y = 0, r = 1]) => `<circle cx="${x}" cy="${y}" r="${r}" fill="#ffffff" opacity="0.7"/>`)
    .join('')}`;
}

/** Linen, candles, light and bath. Each is drawn in 400 by 400 and stands on the line at 320. */
export const HOME_SHAPES: Record<string, (p: Paint) => string> = {
  towel: (p) => hanging(p, false),
  bathtowel: (p) => folded(p, 4),
  mat: (p) => body('M60 220h240l44 100h-330z', p) + line('M70 236h236M58 262h258M46 290h282', p.light, 3),
  napkins: (p) =>
    folded(p, 3) +
    part('M180 178h40v146h-40z', p.light) +
    line('M200 178q-34 -30 -44 -4t44 4q34 -30 44 -4t-44 4', p.dark, 5),
  tablecloth: (p) =>
    body('M60 170l60 -40h160l60 40v96q-14 18 -28 0t-28 0t-28 0t-28 0t-28 0t-28 0t-28 0t-28 0t-28 0t-28 0z', p) +
    flat('M60 170l60 -40h160l60 40z', p.light, 0.5) +
    line('M92 274v46M308 274v46', WOOD, 12),
  apron: (p) =>
    line('M164 108q36 -60 72 0', p.dark, 9) +
    body('M158 104q42 14 84 0q4 60 52 76l10 142h-208l10 -142q48 -16 52 -76z', p) +
    part('M150 232h100v54q0 10 -10 10h-80q-10 0 -10 -10z', p.dark) +
    line('M200 232v64', p.base, 3) +
    line('M104 182l-30 20M296 182l30 20', p.dark, 7),
  mitts: (p) =>
    [
      [-16, 128],
      [16, 268],
    ]
      .map(
        ([turn = 0, x = 0]) =>
          `<g transform="translate(${x} 214) rotate(${turn}) scale(${turn < 0 ? 1 : -1} 1)">${body('M-52 100v-120c0 -70 92 -74 96 -4q30 -30 42 -6c6 26 -26 44 -42 62v68z', p)}${part('M-58 84h108v24h-108z', p.light)}</g>`,
      )
      .join(''),
  cushion: (p) =>
    body('M84 128q116 34 232 0q-26 92 0 188q-116 -26 -232 0q26 -96 0 -188z', p) +
    line('M84 128l-10 -10M316 128l10 -10M84 316l-10 8M316 316l10 8', p.dark, 6) +
    flat('M200 200q40 20 0 60q-34 -30 0 -60z', '#2b2018', 0.08),
  blanket: (p) =>
    line(Array.from({ length: 12 }, (_, i) => `M${106 + i * 17} 316v18`).join(''), p.dark, 4) +
    folded(p, 3) +
    body('M104 172h116l-10 146h-112z', p),
  bedding: (p) =>
    part('M50 250h300v70h-300z', p.dark) +
    body('M64 214q64 -34 130 0l6 44h-142zM206 214q66 -34 130 0l6 44h-142z', p) +
    body('M40 262q160 -30 320 0v58h-320z', p) +
    line('M80 290q60 -10 110 4M230 284q50 -8 90 4', p.dark, 3),
  sack: (p) =>
    body('M124 152q76 14 152 0c34 60 34 120 14 170h-180c-20 -50 -20 -110 14 -170z', p) +
    body('M136 150q-20 -40 -8 -54q72 20 144 0q12 14 -8 54q-64 14 -128 0z', p) +
    line('M130 152q70 18 140 0', WOOD, 7) +
    line('M266 154q24 10 22 40', WOOD, 5) +
    label(148, 212, 104),
  holders: (p) =>
    [150, 246]
      .map(
        (x, i) =>
          `<circle cx="${x}" cy="${214 + i * 28}" r="76" fill="${i ? p.dark : p.base}"/>${[62, 46, 30, 14].map((r) => `<circle cx="${x}" cy="${214 + i * 28}" r="${r}" fill="none" stroke="${p.light}" stroke-width="4" stroke-dasharray="8 5"/>`).join('')}`,
      )
      .join('') + line('M150 138q-10 -30 8 -34t8 30', p.dark, 6),
  candle: (p) =>
    flame(200, 170) +
    line('M200 176v24', '#3c3027', 4) +
    `<g opacity="0.95">${body('M124 180h152v126q0 16 -16 16h-120q-16 0 -16 -16z', p)}</g>${ellipse([200, 180, 76, 13], p.light)}${ellipse([200, 183, 66, 9], '#fbf1dc')}${line('M200 160v22', '#3c3027', 4)}${label(146, 220, 108)}`,
  tapers: (p) =>
    [132, 166, 200, 234, 268]
      .map(
        (x, i) =>
          part(
            `M${x - 9} ${320 - 180 - (i % 2) * 26}q9 -14 18 0v${180 + (i % 2) * 26}h-18z`,
            i % 2 ? p.base : p.light,
          ) + line(`M${x} ${128 - (i % 2) * 26}v12`, '#3c3027', 3),
      )
      .join('') +
    part('M116 236h168v34h-168z', '#fbf1dc') +
    line('M200 253q-30 -26 -40 -4t40 4q30 -26 40 -4t-40 4', '#a9794c', 4),
  pillar: (p) =>
    flame(200, 110) +
    line('M200 108v20', '#3c3027', 4) +
    body('M146 128h108v194h-108z', p) +
    ellipse([200, 128, 54, 11], p.light) +
    flat('M146 130v60q10 14 16 -6t14 2v-52z', '#ffffff', 0.45),
  tealights: (p) =>
    [
      [110, 290],
      [200, 290],
      [290, 290],
      [155, 236],
      [245, 236],
    ]
      .map(
        ([x = 0, y = 0]) =>
          `${flame(x, y - 32, 0.55)}${part(`M${x - 38} ${y - 26}h76v44q0 10 -10 10h-56q-10 0 -10 -10z`, '#d2c6b2')}${ellipse([x, y - 26, 38, 8], p.base)}`,
      )
      .join(''),
  candlestick: (p) =>
    flame(200, 80) +
    part('M189 84h22v112h-22z', '#fbf1dc') +
    body('M174 192h52v18h-16q-6 40 0 70q40 6 52 40h-124q12 -34 52 -40q6 -30 0 -70h-16z', p),
  lantern: (p) =>
    line('M150 136q0 -66 50 -66t50 66', p.dark, 7) +
    `<path d="M132 150h136l16 150h-168z" fill="#fdf3d6"/>` +
    flame(200, 250, 1.1) +
    part('M178 258h44v44h-44z', '#fbf1dc') +
    line('M132 150l-16 150M268 150l16 150M200 150v60', p.dark, 6) +
    body('M122 152q18 -46 78 -46t78 46z', p) +
    body('M104 298h192v24h-192z', p),
  festoon: () =>
    line('M30 120q85 90 170 30t170 -50', '#3c3027', 5) +
    [
      [70, 150],
      [122, 182],
      [178, 172],
      [228, 132],
      [284, 116],
      [338, 108],
    ]
      .map(
        ([x = 0, y = 0]) =>
          `${ellipse([x, y + 34, 40, 42], 'url(#glow)')}${part(`M${x - 7} ${y - 4}h14v16h-14z`, '#3c3027')}${circle([x, y + 30, 19], '#ffd97a')}${flat(`M${x - 10} ${y + 24}q4 -10 12 -10q-8 4 -6 14z`, '#fff')}`,
      )
      .join('') +
    line('M60 320v-170M340 320v-212', WOOD, 9),
  lamp: (p) =>
    ellipse([200, 244, 120, 70], 'url(#glow)') +
    part('M188 204h24v90h-24z', p.dark) +
    body('M84 214c0 -76 52 -110 116 -110s116 34 116 110q-116 24 -232 0z', p) +
    body('M138 320q0 -32 62 -32t62 32z', p),
  matches: (p) =>
    Array.from(
      { length: 9 },
      (_, i) =>
        line(`M${200 + (i - 4) * 7} 220L${200 + (i - 4) * 15} 104`, '#d9b98a', 6) +
        circle([200 + (i - 4) * 15, 102, 7], p.base),
    ).join('') +
    `<g opacity="0.8">${part('M146 190h108q14 16 14 36v82q0 14 -14 14h-108q-14 0 -14 -14v-82q0 -20 14 -36z', '#dce8e8')}</g>${label(152, 232, 96)}`,
  snuffer: (p) =>
    line('M148 262Q220 180 318 96', p.dark, 11) +
    line('M148 261Q220 179 317 95', p.base, 6) +
    body('M96 300q6 -66 50 -70q26 26 22 62z', p) +
    circle([322, 92, 12], p.base) +
    line('M112 232q-20 -30 4 -50t-6 -50', '#c9bda9', 5),
  scissors: (p) =>
    `<g transform="rotate(24 200 200)">${part('M194 60q-26 90 -6 160h18zM206 60q26 90 6 160h-18z', '#cfd6d8')}${circle([200, 212, 8], BRASS)}${line('M194 222q-62 40 -42 92t46 6q14 -50 -2 -96M206 222q62 40 42 92t-46 6q-14 -50 2 -96', p.base, 15)}</g>`,
  soap: (p) => soapBar(p),
  pump: (p) =>
    line('M200 112v-30h-52', '#3c3835', 12) +
    part('M182 110h36v34h-36z', '#3c3835') +
    body('M138 144h124q14 10 14 34v126q0 18 -18 18h-116q-18 0 -18 -18v-126q0 -24 14 -34z', p) +
    label(148, 206, 104),
  tube: (p) =>
    body('M132 96h136l-16 180h-104z', p) +
    part('M160 276h80v36q0 10 -10 10h-60q-10 0 -10 -10z', mix(p.dark, '#2b2018', 0.2)) +
    line('M134 106h132', p.dark, 4) +
    label(156, 156, 88),
  brush: (p) =>
    `<g transform="rotate(-36 200 210)">${flat(Array.from({ length: 13 }, (_, i) => `M${50 + i * 9} 224h6v44h-6z`).join(''), '#efe2c6')}${body('M46 208q0 -22 26 -22h84q26 0 40 10l150 4q14 0 14 10t-14 10l-150 4q-14 10 -40 10h-84q-26 0 -26 -26z', p)}</g>`,
  nailbrush: (p) =>
    flat(Array.from({ length: 18 }, (_, i) => `M${98 + i * 11.6} 250h7v62h-7z`).join(''), '#efe2c6') +
    body('M84 214q0 -34 40 -34h152q40 0 40 34v22q0 20 -20 20h-192q-20 0 -20 -20z', p) +
    line('M120 214h160', p.dark, 4),
  soapdish: (p) =>
    `<g transform="translate(76 62) scale(0.62)">${soapBar({ base: '#b9b083', dark: '#857d57', light: '#dcd6b4' })}</g>` +
    body('M72 258h256q-12 62 -60 62h-136q-48 0 -60 -62z', p) +
    line('M98 276h204', p.dark, 4),
  bridge: (p) =>
    part('M30 260h340v60q0 40 -30 40h-280q-30 0 -30 -40z', '#fbf7ee') +
    flat('M44 270h312q-40 22 -156 22t-156 -22z', '#bfd9e0') +
    body('M24 234h352v26h-352z', p) +
    part('M92 180h82l8 54h-98z', '#7d8f69') +
    flat('M96 184h72v6h-72z', '#fff', 0.7) +
    part('M262 168h42v66h-42z', '#f3ead8') +
    flame(283, 158, 0.6),
  sponge: (p) =>
    body(
      'M94 236c-14 -60 40 -84 74 -76c30 -30 94 -20 108 16c44 4 54 66 28 96c0 50 -66 60 -94 44c-40 20 -118 -4 -116 -80z',
      p,
    ) +
    [
      [140, 220, 9],
      [180, 196, 6],
      [224, 206, 10],
      [262, 232, 7],
      [160, 268, 7],
      [208, 256, 9],
      [246, 280, 8],
      [276, 196, 5],
      [190, 300, 6],
    ]
      .map(([x = 0, y = 0, r = 1]) => circle([x, y, r], p.dark))
      .join(''),
  robe: (p) =>
    line('M200 70v24', WOOD, 6) +
    body(
      'M160 96q40 22 80 0q40 12 54 40l34 120l-44 12l-18 -60l10 114h-152l10 -114l-18 60l-44 -12l34 -120q14 -28 54 -40z',
      p,
    ) +
    line('M166 98l34 110l34 -110M200 208v112', p.dark, 5) +
    line('M130 214h140', p.dark, 12),
};
