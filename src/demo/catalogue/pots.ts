/** id | title | price | brand | shape | colour pattern | facts | text. See read.ts. */
export const POTS = `
terracotta-pot | Terracotta pot | 12 | Clayfoot | pot | rust none | material=terracotta; sizes=12 cm:-5,18 cm:0,26 cm:12 | Breathes, weathers, grows its own moss in time. Frost-proof to minus twelve.
long-tom | Long Tom pot | 15 | Clayfoot | tallpot | rust none | material=terracotta | Tall and narrow for herbs with deep roots and upright characters.
glazed-pot | Glazed indoor pot | 22 | Clayfoot | pot | moss glaze | material=stoneware; colours=moss,sky,ink | Waterproof inside, lustrous outside, and no ring on the shelf.
speckled-planter | Speckled planter on legs | 36 | Clayfoot | planter | oat speckle | material=stoneware and oak; sale=28 | Lifts a fern up to where it can be admired.
herb-trio | Trio of herb pots with a tray | 29 | Clayfoot | trough | cream glaze | material=stoneware; tags=gift | Basil, parsley, thyme: within reach of the stove, out of reach of the slugs.
window-trough | Window trough | 34 | Clayfoot | trough | iron none | material=zinc | Sixty centimetres of geraniums, salad or ambition.
hanging-pot | Hanging pot on a cord | 24 | Clayfoot | hanging | oat glaze | material=stoneware and cotton; tags=gift | For trailing things that would like to be chandeliers.
seed-tray | Bamboo seed trays, three | 14 | Clayfoot | seedtray | wood none | material=bamboo fibre; again=40 | Twenty-four cells each. Compost the tray when it gives up, in three years or so.
paper-pots | Fibre seedling pots, 40 | 6.5 | Clayfoot | paperpots | wood none | again=12; tags=consumable | Plant them pot and all; roots go straight through.
saucer | Terracotta saucer | 5 | Clayfoot | saucer | rust none | material=terracotta; again=40 | Keeps the peace between plants and tables.
pot-feet | Pot feet, set of three | 8 | Clayfoot | feet | rust none | material=terracotta; tags=gift | Lift a pot by an inch and it drains all winter. They are shaped like little paws.
urn | Garden urn | 89 | Clayfoot | urn | oat none | material=cast stone; stock=2 | Makes one tulip look like an inheritance.
cloche | Glass cloche | 39 | Clayfoot | cloche | clear none | material=glass; tags=gift | A tiny greenhouse for one lettuce at a time.
cold-frame | Little cold frame in larch | 98 | Bramble Works | coldframe | wood grain | material=larch and glass; stock=0 | Spring starts three weeks earlier in here.
potting-mix | Peat-free potting mix, 20 l | 11 | Clayfoot | sack | wood none | again=5; tags=consumable | Bark, coir and good compost. Smells like the woods after rain.
seaweed-feed | Seaweed plant feed | 9 | Saltmarsh | bottle | moss label | again=6; tags=consumable | A capful in the can, once a week. Tomatoes write thank-you letters.
house-fern | Boston fern | 18 | Clayfoot | plant | rust fern | tags=plant,gift | Arching, feathery and easily pleased. Likes steam; bathrooms suit it.
olive-tree | Young olive tree | 42 | Clayfoot | plant | oat olive | tags=plant,gift; stock=5 | A metre of the Mediterranean, in a pot that is too small for its hopes.
`;
