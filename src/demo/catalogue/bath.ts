/** id | title | price | brand | shape | colour pattern | facts | text. See read.ts. */
export const BATH = `
olive-soap | Olive oil soap | 6 | Saltmarsh | soap | olive none | again=3; tags=consumable | Plain, green and good for everything from hands to collars.
oat-soap | Oat and honey soap | 6.5 | Saltmarsh | soap | oat speckle | again=3; tags=consumable,gift | Scrubs gently. Smells like breakfast in a nice house.
rose-soap | Rose clay soap | 7 | Saltmarsh | soap | rose none | again=3; tags=consumable,gift | Pink clay and damask rose, cured for six weeks on a shelf with a view.
gardeners-soap | Gardener's scrub soap | 8 | Saltmarsh | soap | moss speckle | again=4; tags=consumable,gift | Pumice and poppy seed. Soil comes off, fingerprints stay.
hand-wash | Rosemary hand wash | 14 | Saltmarsh | pump | moss label | again=4; tags=consumable | For beside the kitchen sink, where rosemary makes sense.
hand-cream | Rescue hand cream | 12 | Saltmarsh | tube | cream label | again=5; tags=consumable,gift | Shea, lavender and patience, for hands that have been in pots or in pans.
body-oil | Calendula body oil | 19 | Saltmarsh | pump | butter label | again=6; tags=gift | Petals steeped for a summer in sunflower oil.
bath-salts | Seaweed bath salts | 16 | Saltmarsh | jar | sky label | again=4; tags=gift | A handful turns the tub into a rock pool, minus the crabs.
shampoo-bar | Nettle shampoo bar | 9 | Saltmarsh | soap | sky speckle | again=6; tags=consumable | Outlasts two bottles. Travels without leaking on your socks.
bath-towel | Waffle bath towel | 34 | Wren House | bathtowel | oat check | material=cotton; colours=oat,sky,rose | Dries you, then dries itself by teatime.
hand-towel | Waffle hand towel | 16 | Wren House | bathtowel | moss check | material=cotton | The little sibling. Guests notice.
bath-mat | Cotton bath mat | 28 | Wren House | mat | sky stripe | material=cotton; sale=21 | Thick as moss, for feet that have just been warm.
bath-brush | Long-handled bath brush | 22 | Bramble Works | brush | wood grain | material=beech and bristle | Reaches the spot. You know the one.
nail-brush | Wooden nail brush | 8 | Bramble Works | nailbrush | wood grain | material=beech and bristle | Stiff on one side, softer on the other, and proud of its work.
soap-dish | Ridged soap dish | 13 | Fernleigh | soapdish | cream glaze | material=stoneware | Lets soap dry out between engagements.
bath-bridge | Bath bridge in oak | 46 | Bramble Works | bridge | wood grain | material=oak; tags=gift; stock=2 | Holds a book, a candle and a glass of something across the water.
sponge | Natural sea sponge | 15 | Saltmarsh | sponge | butter none | material=sponge; again=12 | Soft as a cloud once it is wet. Looks like a small planet before.
bath-robe | Waffle bath robe | 89 | Wren House | robe | cream none | material=cotton; sizes=S:0,M:0,L:0 | Light, quick to dry and acceptable to answer the door in.
`;
