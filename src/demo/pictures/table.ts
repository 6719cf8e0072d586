import { body, box, circle, ellipse, flat, label, line, mix, type Paint, part } from './paint.ts';

const STEEL = '#aab2b6';
const GLASS = '#ffffff';
const INSIDE = (p: Paint): string => mix(p.base, '#2b2018', 0.2);

function cylinder(at: { x: number; y: number; w: number; h: number }, p: Paint): string {
  const { x, y, w, h } = at;
  return (
    body(`M${x} ${y}l${w * 0.05} ${h - 26}q2 26 28 26h${w * 0.9 - 56}q26 0 28 -26l${w * 0.05} ${26 - h}z`, p) +
    ellipse([x + w / 2, y, w / 2, w * 0.1], p.light) +
    ellipse([x + w / 2, y + 3, w / 2 - 8, w * 0.075], INSIDE(p))
  );
}

const spoonAt = (transform: string, p: Paint): string =>
  `<g transform="${transform}">${body('M0 -120c34 0 44 46 28 78c-8 16 -16 22 -18 40l6 150q0 12 -16 12t-16 -12l6 -150c-2 -18 -10 -24 -18 -40c-16 -32 -6 -78 28 -78z', p)}${ellipse([0, -72, 19, 33], mix(p.base, '#2b2018', 0.14))}</g>`;

const forkAt = (transform: string, p: Paint): string =>
  `<g transform="${transform}">${body('M-34 -118v58q0 34 24 44l-6 164q0 12 16 12t16 -12l-6 -164q24 -10 24 -44v-58q0 -10 -8 -10t-8 10v50h-12v-52q0 -10 -6 -10t-6 10v52h-12v-50q0 -10 -8 -10t-8 10z', p)}</g>`;

/** Tableware, tea and coffee. Each is drawn in 400 by 400 and stands on the line at 320. */
export const TABLE_SHAPES: Record<string, (p: Paint) => string> = {
  bowl: (p) =>
    body('M80 195h240c0 74 -50 120 -88 124h-64c-38 -4 -88 -50 -88 -124z', p) +
    ellipse([200, 195, 120, 30], p.light) +
    ellipse([200, 198, 108, 23], INSIDE(p)) +
    flat('M104 205q96 34 192 0q-30 18 -96 18t-96 -18z', p.light, 0.35) +
    part('M162 312h76l6 10q0 4 -6 4h-76q-6 0 -6 -4z', p.dark),
  plate: (p) =>
    `${body('M200 92a118 118 0 1 0 .1 0z', p)}${circle([200, 210, 82], p.light)}<circle cx="200" cy="210" r="76" fill="${p.base}"/><circle cx="200" cy="210" r="76" fill="url(#pattern)"/>${flat('M142 175q40 -48 104 -22q-62 -8 -92 42z', '#fff', 0.35)}`,
  platter: (p) =>
    `${body('M60 214c0 -60 60 -84 140 -84s140 24 140 84s-60 84 -140 84s-140 -24 -140 -84z', p)}${ellipse([200, 212, 112, 56], p.light)}<ellipse cx="200" cy="212" rx="106" ry="51" fill="${p.base}"/><ellipse cx="200" cy="212" rx="106" ry="51" fill="url(#pattern)"/>`,
  mug: (p) =>
    line('M272 200h26q30 0 30 34t-30 34h-30', p.dark, 20) +
    line('M272 199h26q29 0 29 33t-29 33h-30', p.base, 13) +
    cylinder({ x: 122, y: 170, w: 156, h: 150 }, p),
  cup: (p) => cylinder({ x: 140, y: 206, w: 120, h: 112 }, p) + flat('M150 268q10 -10 10 8t-8 12z', p.dark, 0.4),
  jug: (p) =>
    line('M268 168q62 -6 56 48q-6 48 -58 58', p.dark, 18) +
    line('M268 167q60 -6 54 48q-6 46 -56 56', p.base, 12) +
    body(
      'M132 128q-22 -4 -30 -14q26 -16 58 -12h100q14 40 10 74c34 60 20 118 -8 144h-126c-30 -30 -40 -88 0 -146q4 -26 -4 -46z',
      p,
    ) +
    flat('M108 114q26 -14 54 -12h98q6 6 4 12q-80 16 -130 12q-18 -2 -26 -12z', INSIDE(p)),
  glass: (p) =>
    `<g opacity="0.88">${body('M128 130h144l-14 176q-2 14 -16 14h-84q-14 0 -16 -14z', p)}</g>${flat('M140 200h120l-8 98q-2 10 -12 10h-80q-10 0 -12 -10z', '#cfe6ea', 0.7)}${ellipse([200, 130, 72, 11], p.light)}${line('M152 150l8 130', GLASS, 6)}`,
  goblet: (p) =>
    `<g opacity="0.92">${part('M194 236h12v66h-12z', p.base)}${ellipse([200, 310, 54, 10], p.dark)}${body('M140 112h120c10 74 -12 128 -60 128s-70 -54 -60 -128z', p)}</g>${flat('M140 160h120c-2 48 -22 74 -60 74s-58 -26 -60 -74z', '#a8475a', 0.85)}${ellipse([200, 160, 60, 9], '#8d3449')}${line('M156 124q-6 60 14 92', GLASS, 5)}`,
  carafe: (p) =>
    `<g opacity="0.9">${body('M168 140h64v42c40 22 50 56 50 92q0 46 -22 46h-120q-22 0 -22 -46c0 -36 10 -70 50 -92z', p)}${part('M160 92h80l-8 60h-64z', p.light)}</g>${flat('M122 250q78 -14 156 0q4 62 -18 62h-120q-22 0 -18 -62z', '#d5eaf0', 0.75)}${line('M150 214q-16 20 -16 62', GLASS, 6)}`,
  eggcup: (p) =>
    [120, 215]
      .map(
        (x) =>
          `<g transform="translate(${x} 0)">${ellipse([32, 200, 30, 42], '#f1d9bd')}${body('M-6 206h76c0 40 -18 54 -28 60l4 34q10 4 14 20h-56q4 -16 14 -20l4 -34c-10 -6 -28 -20 -28 -60z', p)}</g>`,
      )
      .join(''),
  dish: (p) =>
    part('M70 272h260l-14 40q-4 10 -14 10h-204q-10 0 -14 -10z', p.dark) +
    body('M92 268c0 -56 30 -76 60 -76h96c30 0 60 20 60 76z', p) +
    circle([200, 184, 13], p.dark),
  pig: (p) =>
    body('M104 320c-26 -90 -6 -190 96 -196s132 96 96 196z', p) +
    ellipse([176, 208, 58, 52], mix(p.base, '#2b2018', 0.5)) +
    flat('M124 226q50 -22 104 0q-12 34 -52 34t-52 -34z', '#fffaf0'),
  servers: (p) => spoonAt('translate(158 200) rotate(-14)', p) + forkAt('translate(248 200) rotate(14)', p),
  spoon: (p) => spoonAt('translate(200 200) rotate(32) scale(1.12)', p),
  teapot: (p) =>
    line('M278 196q64 -18 62 36t-76 52', p.dark, 17) +
    line('M278 195q62 -18 60 36t-74 50', p.base, 11) +
    body('M112 226q-30 -8 -44 -54l-22 -6q2 -12 16 -14q40 0 62 44z', p) +
    body('M200 156c72 0 98 46 98 92s-34 72 -60 72h-76c-26 0 -60 -26 -60 -72s26 -92 98 -92z', p) +
    body('M148 164q52 -36 104 0q-52 18 -104 0z', p) +
    circle([200, 136, 13], p.dark),
  kettle: (p) =>
    line('M120 190q0 -104 80 -104t80 104', mix(p.dark, '#000000', 0.3), 13) +
    body('M108 234l-58 -52q-6 -12 12 -14l70 40z', p) +
    body('M126 180h148c34 36 40 90 20 140h-188c-20 -50 -14 -104 20 -140z', p) +
    ellipse([200, 182, 76, 15], p.light) +
    circle([200, 164, 12], p.dark),
  press: (p) =>
    line('M270 180h40q14 0 14 20v70q0 16 -54 16', p.dark, 14) +
    `<g opacity="0.75">${part('M128 150h144v160h-144z', '#dce8e8')}</g>${flat('M132 214h136v94h-136z', '#4b2e20')}${flat('M132 214h136v10h-136z', '#8a5b3a')}` +
    part('M122 136h156v20h-156zM122 300h156v20h-156zM122 220h156v8h-156z', p.base) +
    line('M200 74v64', STEEL, 7) +
    circle([200, 74, 14], p.dark),
  dripper: (p) =>
    part('M130 250h140l-10 60q-2 10 -14 10h-92q-12 0 -14 -10z', '#e9ddc8') +
    ellipse([200, 244, 98, 12], p.dark) +
    body('M112 130h176l-54 108h-68z', p) +
    ellipse([200, 130, 88, 15], p.light) +
    ellipse([200, 133, 76, 10], '#5d3b28'),
  grinder: (p) =>
    line('M200 108q70 -34 104 -10', '#6d6a66', 9) +
    circle([306, 96, 14], '#8a5f3c') +
    part('M142 150q0 -42 58 -42t58 42z', '#a9a49c') +
    body('M136 150h128v154q0 16 -16 16h-96q-16 0 -16 -16z', p) +
    part('M150 236h100v54h-100z', p.dark) +
    circle([200, 262, 8], '#e8d9bf'),
  strainer: (p) =>
    line('M232 190l106 -96', p.dark, 13) +
    line('M232 189l105 -95', p.base, 8) +
    body('M86 204h176c0 60 -42 96 -88 96s-88 -36 -88 -96z', p) +
    line(
      'M120 220q54 26 108 0M128 242q46 22 92 0M142 264q32 14 64 0M174 216v70M144 216l12 62M204 216l-12 62',
      p.dark,
      2.5,
    ) +
    ellipse([174, 204, 90, 17], p.light) +
    ellipse([174, 206, 80, 12], INSIDE(p)),
  dipper: (p) =>
    `<g transform="rotate(38 200 200)">${body('M190 66h20l4 160h-28z', p)}${[226, 246, 266, 286].map((y, i) => body(box(156 + Math.abs(i - 1.5) * 5, y, { w: 88 - Math.abs(i - 1.5) * 10, h: 14, r: 7 }), p)).join('')}</g>${flat('M92 286q16 12 8 44q-4 12 -12 0q-8 -26 4 -44z', '#e0a83c')}`,
  tin: (p) =>
    body('M132 150h136v158q0 14 -14 14h-108q-14 0 -14 -14z', p) +
    part('M126 116h148q6 0 6 8v30h-160v-30q0 -8 6 -8z', p.dark) +
    label(150, 200, 100) +
    line('M140 172h120', p.light, 3),
  pouch: (p) =>
    body('M124 128q76 -10 152 0l12 180q0 14 -16 14h-144q-16 0 -16 -14z', p) +
    part('M122 96h156v34h-156z', p.dark) +
    line('M128 112h144', p.light, 2.5) +
    label(146, 190, 108),
};
