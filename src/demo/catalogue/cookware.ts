/** id | title | price | brand | shape | colour pattern | facts | text. See read.ts. */
export const COOKWARE = `
skillet | Cast iron skillet | 42 | Oxbow | skillet | iron none | material=cast iron; sizes=20 cm:-10,26 cm:0,30 cm:14 | Sears, bakes, fries and outlives you. Arrives seasoned, so breakfast can be today.
casserole | Enamelled casserole | 118 | Oxbow | casserole | rust none | material=enamelled iron; colours=rust,moss,ink | Four litres of slow stew, no-knead bread or Sunday chicken. The lid is heavy on purpose.
saucepan | Copper-based saucepan | 64 | Oxbow | saucepan | copper none | material=steel and copper; sale=52 | Heats evenly to the edge, so custard stays custard.
pasta-pot | Pasta pot with a strainer lid | 56 | Oxbow | stockpot | steel none | material=steel | Twist the lid, tip, done. Nobody loses a single fusilli to the sink.
milk-pan | Little milk pan | 26 | Oxbow | saucepan | cream none | material=enamel | For cocoa, one egg, or melting butter to pour over something.
roasting-tin | Deep roasting tin | 34 | Oxbow | tray | iron none | material=steel | Room for a chicken and all the potatoes it deserves.
baking-tray | Flat baking tray | 16 | Oxbow | tray | steel none | material=aluminium | Does not buckle, bang or sulk in a hot oven.
loaf-tin | Loaf tin | 14 | Oxbow | loaftin | iron none | material=steel | Two pounds of bread, banana cake or terrine. Folded, not welded, so there is no seam to leak.
muffin-tin | Muffin tin for twelve | 18 | Oxbow | muffintin | steel none | material=steel; stock=5 | Twelve, because eleven is how many are left by the time they are cool.
chefs-knife | Chef's knife | 72 | Oxbow | knife | ink none | material=carbon steel; tags=gift | A 20 cm blade with a belly for rocking. Wash it, dry it, love it.
paring-knife | Paring knife | 24 | Oxbow | knife | rust none | material=carbon steel | For strawberries, garlic and everything done in the hand.
chopping-board | End-grain chopping board | 58 | Bramble Works | board | wood grain | material=oak; tags=gift | Oak blocks on end, which heal behind the knife. A groove catches the tomato.
bread-board | Round bread board | 29 | Bramble Works | board | olive grain | material=olive wood | Cut the loaf on it, serve the cheese on it, lean it on the wall in between.
rolling-pin | Tapered rolling pin | 19 | Bramble Works | rollingpin | wood grain | material=beech | No handles to get in the way: just you, the pin and the pastry.
balloon-whisk | Balloon whisk | 11 | Oxbow | whisk | steel none | material=steel | Eleven wires for air, one ring to hang it by.
colander | Enamel colander | 27 | Oxbow | colander | butter dots | material=enamel | Stands on its own three feet. Lovely for berries, essential for greens.
box-grater | Box grater | 18 | Oxbow | grater | steel none | material=steel; sale=14 | Four sides: parmesan, cheddar, zest, and the one nobody uses.
wooden-spoons | Three wooden spoons | 12 | Bramble Works | servers | wood grain | material=cherry | One round, one flat, one with a corner for the corner.
`;
