/** id | title | price | brand | shape | colour pattern | facts | text. See read.ts. */
export const SEEDS = `
tomato-seeds | Cherry tomato 'Lantern' | 3.2 | Merriweather | seeds | rust tomato | again=45; sow=March; tags=edible | Orange, sweet and endless. One plant feeds a child standing next to it.
beef-tomato-seeds | Beef tomato 'Grandmother' | 3.4 | Merriweather | seeds | rose tomato | again=45; sow=March; tags=edible | Ugly, pleated, enormous and the best tomato you will ever salt.
basil-seeds | Sweet basil | 2.4 | Merriweather | seeds | moss leaf | again=12; sow=April; tags=edible | Sow little and often on a bright sill. Pinch, never strip.
parsley-seeds | Flat-leaf parsley | 2.4 | Merriweather | seeds | olive leaf | again=12; sow=March; tags=edible | Goes to the devil and back before it comes up. Worth the wait.
salad-seeds | Cut-and-come salad mix | 2.8 | Merriweather | seeds | moss leaf | again=8; sow=March; tags=edible | Nine leaves in one row. Cut at dinner, back by next week.
pea-seeds | Sugar snap pea 'Little Bell' | 3 | Merriweather | seeds | olive pea | again=45; sow=March; tags=edible | Rarely reaches the kitchen.
bean-seeds | Climbing bean 'Harlequin' | 3 | Merriweather | seeds | rose pea | again=45; sow=May; tags=edible | Red flowers for the bees, then beans for you, then beans for the street.
carrot-seeds | Carrot 'Candlewick' | 2.6 | Merriweather | seeds | rust carrot | again=45; sow=April; tags=edible | Blunt-ended, crisp, happy in a deep pot.
radish-seeds | Breakfast radish | 2.2 | Merriweather | seeds | rose carrot | again=6; sow=March; tags=edible | Four weeks from packet to butter and salt.
sweet-pea-seeds | Sweet pea 'Duchess of Dusk' | 3.4 | Merriweather | seeds | rose flower | again=45; sow=October; tags=flowers,gift | Dark, frilled and scented like a good memory.
sunflower-seeds | Sunflower 'Tall Order' | 2.6 | Merriweather | seeds | butter sun | again=45; sow=April; tags=flowers,gift | Three metres, if the slugs allow. Bring a ladder and a child.
cosmos-seeds | Cosmos 'Meringue' | 2.8 | Merriweather | seeds | cream flower | again=45; sow=April; tags=flowers | White, airy, blooming until the frost comes to fetch it.
cornflower-seeds | Cornflower 'Bluejacket' | 2.4 | Merriweather | seeds | sky flower | again=45; sow=March; tags=flowers | Scatter, rake, forget, be delighted.
meadow-seeds | Bee meadow mix | 4.6 | Merriweather | seeds | butter flower | again=45; sow=September; tags=flowers,gift | Thirty kinds of flower for a square the size of a bed, and everyone who hums.
tulip-bulbs | Tulip 'Apricot Evening', 15 bulbs | 12 | Merriweather | bulbs | rust tulip | again=50; plant=November; tags=flowers | The colour of the last half-hour of daylight. Plant deep and be patient.
daffodil-bulbs | Daffodil 'Small Mercy', 20 bulbs | 11 | Merriweather | bulbs | butter tulip | again=50; plant=October; tags=flowers; sale=8 | Knee-high, scented, back every year without being asked.
allium-bulbs | Allium 'Firework', 10 bulbs | 13 | Merriweather | bulbs | rose sun | again=50; plant=October; tags=flowers; stock=4 | Purple globes on stalks, like punctuation for the border.
garlic-bulbs | Planting garlic 'Solstice' | 7.5 | Merriweather | bulbs | cream bulb | again=50; plant=November; tags=edible | Plant on the shortest day, pull on the longest.
`;
