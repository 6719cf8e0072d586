/** id | title | price | brand | shape | colour pattern | facts | text. See read.ts. */
export const LINEN = `
tea-towel | Washed linen tea towel | 12 | Wren House | towel | oat stripe | material=linen; colours=oat,sky,rust | Thirsty from the first day, softer by the fiftieth.
waffle-towel | Waffle tea towels, pair | 15 | Wren House | towel | moss check | material=cotton | A grid that drinks up everything. One to use, one to hang nicely.
kitchen-apron | Cross-back apron | 39 | Wren House | apron | ink none | material=linen; tags=gift | No ties to fumble with: over the head and into the flour. Pockets for a phone and a spoon.
garden-apron | Gardener's apron | 42 | Wren House | apron | moss none | material=waxed cotton; tags=gift | Six pockets: secateurs, string, seed, label, pencil, biscuit.
oven-gloves | Double oven gloves | 22 | Wren House | mitts | rust check | material=cotton | Long enough to reach the back of the oven without a plan.
napkins | Set of four napkins | 28 | Wren House | napkins | butter none | material=linen; tags=gift | Supper feels like an occasion. Wash at sixty, never iron.
tablecloth | Linen tablecloth | 78 | Wren House | tablecloth | oat check | material=linen; sizes=140 × 200:-16,140 × 250:0,160 × 320:24 | Falls in heavy folds and forgives red wine sooner than you do.
table-runner | Striped table runner | 32 | Wren House | tablecloth | sky stripe | material=cotton; sale=24 | Down the middle, under the candles, done.
linen-cushion | Linen cushion | 34 | Wren House | cushion | rust none | material=linen; colours=rust,moss,butter | Feather-filled and square until somebody leans on it.
stripe-cushion | Ticking stripe cushion | 29 | Wren House | cushion | ink stripe | material=cotton | Straight off a French mattress, by way of our sewing room.
wool-blanket | Lambswool blanket | 96 | Wren House | blanket | sky check | material=lambswool; tags=gift | Woven in a valley where it always rains, by people who know about warmth.
cotton-throw | Knitted cotton throw | 62 | Wren House | blanket | oat none | material=cotton; sale=49 | The weight of a sleeping dog, without the hair.
picnic-blanket | Picnic blanket with a strap | 54 | Wren House | blanket | rust check | material=wool; stock=3 | Rolls up like a Swiss roll and keeps out the damp.
bed-linen | Stonewashed duvet set | 128 | Wren House | bedding | cream none | material=linen | Cool in July, warm in January, rumpled all year round.
pillowcases | Pair of pillowcases | 36 | Wren House | bedding | sky none | material=linen | The cheapest way to feel like a hotel guest at home.
bread-bag | Linen bread bag | 14 | Wren House | sack | oat none | material=linen | Keeps a loaf for three days, if it gets the chance.
laundry-bag | Laundry bag with a drawstring | 24 | Wren House | sack | ink stripe | material=cotton; stock=0 | Big enough to ignore for a week.
pot-holders | Two crochet pot holders | 13 | Wren House | holders | butter none | material=cotton | Made by Ines, who watches the news while she does them.
`;
