import { body, box, circle, ellipse, flat, label, line, mix, type Paint, part } from './paint.ts';

const WOOD = '#a9794c';
const BLADE = '#cfd6d8';

function pot(p: Paint, handles: string): string {
  return handles + body('M96 180h208v108q0 32 -32 32h-144q-32 0 -32 -32z', p) + ellipse([200, 180, 104, 20], p.light);
}

/** Cookware and pantry. Each is drawn in 400 by 400 and stands on the line at 320. */
export const KITCHEN_SHAPES: Record<string, (p: Paint) => string> = {
  skillet: (p) =>
    `<g transform="rotate(-38 200 200)">${part('M186 286h28l8 104q0 14 -22 14t-22 -14z', p.base)}${circle([200, 384, 7], '#f3e7d5')}${body('M200 70a112 112 0 1 0 .1 0z', p)}<circle cx="200" cy="182" r="94" fill="${mix(p.base, '#000000', 0.25)}"/>${flat('M138 146q36 -46 98 -30q-60 4 -86 44z', '#fff', 0.16)}</g>`,
  casserole: (p) =>
    part('M52 206h50v30h-36q-14 0 -14 -14zM298 206h50v16q0 14 -14 14h-36z', p.dark) +
    body('M88 196h224l-10 96q-4 30 -34 30h-136q-30 0 -34 -30z', p) +
    body('M80 196c4 -44 60 -58 120 -58s116 14 120 58z', p) +
    part('M78 188h244v14h-244z', p.dark) +
    part('M178 122h44v20h-44z', '#c9a24b') +
    ellipse([200, 120, 30, 10], '#d9b665'),
  saucepan: (p) =>
    line('M280 206l98 -34', p.dark, 17) +
    line('M280 204l97 -34', '#3c3835', 10) +
    body('M78 186h208v100q0 34 -34 34h-140q-34 0 -34 -34z', p) +
    ellipse([182, 186, 104, 20], p.light) +
    ellipse([182, 189, 93, 14], mix(p.base, '#2b2018', 0.3)),
  stockpot: (p) =>
    pot(p, line('M96 214q-40 0 -40 24t40 24M304 214q40 0 40 24t-40 24', p.dark, 12)) +
    body('M92 178c6 -36 60 -46 108 -46s102 10 108 46z', p) +
    [150, 175, 200, 225, 250].map((x) => circle([x, 162, 5], p.dark)).join('') +
    part('M178 116h44v18h-44z', '#4a4745'),
  tray: (p) =>
    body('M50 224h300l-26 82q-4 14 -20 14h-208q-16 0 -20 -14z', p) +
    flat('M68 232h264l-18 58h-228z', mix(p.base, '#2b2018', 0.28)) +
    line('M48 222h304', p.light, 9),
  loaftin: (p) =>
    body('M68 212h264l-26 98q-2 12 -14 12h-184q-12 0 -14 -12z', p) +
    part('M86 212c4 -60 50 -78 114 -78s110 18 114 78z', '#c98d4f') +
    line('M150 168q20 -16 26 10M200 158q20 -12 26 14M250 168q14 -6 20 14', '#9b6430', 6) +
    line('M64 212h272', p.light, 8),
  muffintin: (p) =>
    body(box(60, 130, { w: 280, h: 190, r: 22 }), p) +
    [0, 1, 2]
      .flatMap((row) =>
        [0, 1, 2, 3].map(
          (column) =>
            circle([104 + column * 64, 172 + row * 53, 23], mix(p.base, '#2b2018', 0.42)) +
            circle([104 + column * 64, 175 + row * 53, 17], p.dark),
        ),
      )
      .join(''),
  knife: (p) =>
    `<g transform="rotate(-40 200 200)">${part('M186 40c34 40 44 120 40 190h-40z', BLADE)}${line('M222 120q6 60 3 108', '#ffffff', 3)}${part('M182 228h48v16h-48z', '#8d8a86')}${body('M184 244h42l6 116q0 14 -26 14t-26 -14z', p)}${[270, 310, 346].map((y) => circle([206, y, 5], '#e9dcc4')).join('')}</g>`,
  board: (p) =>
    body('M92 116h216q16 0 16 16v172q0 16 -16 16h-216q-16 0 -16 -16v-172q0 -16 16 -16z', p) +
    `<path d="M96 136h208v164h-208z" fill="none" stroke="${p.dark}" stroke-width="4" opacity="0.6"/>` +
    flat('M180 70h40q10 0 10 10v36h-60v-36q0 -10 10 -10z', p.base) +
    circle([200, 92, 9], '#efe3cf') +
    circle([164, 240, 30], '#cf5a3c') +
    flat('M158 212l8 -12l8 12z', '#6f8a4e') +
    circle([226, 254, 22], '#cf5a3c') +
    flat('M220 234l8 -10l6 10z', '#6f8a4e'),
  rollingpin: (p) =>
    `<g transform="rotate(-32 200 210)">${body('M30 210c0 -18 60 -32 170 -32s170 14 170 32s-60 32 -170 32s-170 -14 -170 -32z', p)}</g>${flat('M80 318q60 -14 120 0t120 -2v8h-240z', '#fffaf0', 0.9)}`,
  whisk: (p) =>
    `<g transform="rotate(30 200 200)">${[46, 30, 12].map((w) => `<path d="M196 226c${-w * 1.6} -40 ${-w * 1.8} -150 4 -166c${4 + w * 1.8} 16 ${w * 1.6 + 4} 126 4 166" fill="none" stroke="${p.dark}" stroke-width="5"/>`).join('')}${part('M184 222h32l4 130q0 12 -20 12t-20 -12z', WOOD)}<circle cx="200" cy="374" r="10" fill="none" stroke="${p.dark}" stroke-width="5"/></g>`,
  colander: (p) =>
    line('M88 196q-34 0 -34 20t34 20M312 196q34 0 34 20t-34 20', p.dark, 11) +
    body('M76 186h248c0 74 -54 120 -94 120h-60c-40 0 -94 -46 -94 -120z', p) +
    part('M150 300l-12 24h20l10 -20zM250 300l12 24h-20l-10 -20z', p.dark) +
    ellipse([200, 186, 124, 24], p.light) +
    ellipse([200, 189, 112, 17], mix(p.base, '#2b2018', 0.22)),
  grater: (p) =>
    line('M160 116q0 -40 40 -40t40 40', '#3c3835', 13) +
    body('M152 116h96l44 204h-184z', p) +
    [150, 180, 210, 240, 270]
      .flatMap((y, row) =>
        [0, 1, 2, 3].map((column) =>
          line(`M${154 + column * 27 - row * 3 + (column - 1.5) * row * 3} ${y}q8 -8 16 0`, p.dark, 5),
        ),
      )
      .join(''),
  bottle: (p) =>
    body('M176 128h48v50c34 16 44 40 44 70v56q0 18 -18 18h-100q-18 0 -18 -18v-56c0 -30 10 -54 44 -70z', p) +
    part('M174 92h52v40h-52z', mix(p.dark, '#2b2018', 0.4)) +
    label(144, 226, 112) +
    flat('M150 214q6 -22 26 -30v14q-14 6 -16 22z', '#fff', 0.4),
  jar: (p) =>
    `<g opacity="0.96">${body('M126 162h148q14 10 14 30v104q0 26 -26 26h-124q-26 0 -26 -26v-104q0 -20 14 -30z', p)}</g>${part('M122 118h156q8 0 8 8v38h-172v-38q0 -8 8 -8z', '#fbf4e4')}${flat('M114 142h172v8h-172z', '#c0653e', 0.7)}${label(142, 204, 116)}${flat('M126 186q4 -14 12 -16v96h-12z', '#fff', 0.35)}`,
  box: (p) =>
    body('M116 136h168v186h-168z', p) +
    part('M116 136l24 -36h168l-24 36z', p.light) +
    flat('M284 136l24 -36v186l-24 36z', p.dark) +
    label(140, 190, 120),
};
