/** id | title | price | brand | shape | colour pattern | facts | text. See read.ts. */
export const TEA_AND_COFFEE = `
teapot | Round-bellied teapot | 36 | Fernleigh | teapot | moss glaze | material=stoneware; tags=gift; colours=moss,butter,ink | Four cups, a spout that behaves, and a basket inside for loose leaves.
cast-teapot | Iron teapot | 48 | Pilgrim & Daughters | teapot | iron dots | material=cast iron | Keeps tea hot through a whole chapter.
tea-cup | Thumb-hold tea cup | 10 | Fernleigh | cup | sky glaze | material=stoneware | No handle, just a dimple that fits your thumb.
mug | Potter's mug | 14 | Fernleigh | mug | oat speckle | material=stoneware; colours=oat,rust,sky | The mug that everybody in the house will claim as theirs.
espresso-cups | Four espresso cups | 26 | Fernleigh | cup | rust stripe | material=stoneware; tags=gift | Small, thick-walled and stackable. Warm them first; it matters.
stove-kettle | Stove-top kettle | 58 | Oxbow | kettle | ink none | material=enamel | Whistles in a major third. We tuned it.
pour-kettle | Swan-neck pouring kettle | 52 | Oxbow | kettle | copper none | material=steel; stock=3 | A slow, thin, exact pour, for coffee that takes itself seriously.
french-press | French press | 34 | Oxbow | press | steel none | material=glass and steel | Eight cups for a slow morning. The mesh is double, so the last sip is drinkable.
coffee-dripper | Ceramic coffee dripper | 21 | Fernleigh | dripper | cream glaze | material=porcelain | Sits on your own mug and makes one very good cup.
hand-grinder | Hand coffee grinder | 46 | Oxbow | grinder | wood none | material=oak and steel; tags=gift | Forty turns a cup. By then you are awake anyway.
filter-papers | Paper coffee filters, 100 | 6 | Oxbow | box | oat none | again=5; material=paper | Unbleached and cone-shaped. Rinse before use, and say nothing of it.
house-coffee | House blend coffee, 250 g | 9.5 | Pilgrim & Daughters | pouch | rust none | again=2; tags=consumable | Chocolate, toasted hazelnut and a bit of orange peel. Roasted on Tuesdays.
decaf-coffee | After-dinner decaf, 250 g | 10 | Pilgrim & Daughters | pouch | moss none | again=3; tags=consumable | Sparkling-water process. Tastes of coffee, sleeps like milk.
breakfast-tea | Breakfast tea, loose leaf | 7.5 | Pilgrim & Daughters | tin | rust label | again=3; tags=consumable | Assam with a backbone. Stands up to milk and to Mondays.
earl-grey | Earl Grey with cornflowers | 8.5 | Pilgrim & Daughters | tin | sky label | again=4; tags=consumable,gift | Real bergamot, blue petals, and a scent that fills the stairwell.
chamomile | Chamomile and honeybush | 7 | Pilgrim & Daughters | tin | butter label | again=4; tags=consumable | Whole flower heads. The last cup of the day.
tea-strainer | Long-handled tea strainer | 9 | Pilgrim & Daughters | strainer | steel none | material=steel | Rests on the cup, drips on its own little dish.
honey-spoon | Honey dipper | 5.5 | Bramble Works | dipper | olive grain | material=olive wood | Turn it, lift it, keep turning. You will get the hang of it by the second jar.
`;
