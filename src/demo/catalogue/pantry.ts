/** id | title | price | brand | shape | colour pattern | facts | text. See read.ts. */
export const PANTRY = `
olive-oil | Green olive oil, 500 ml | 14 | Larder Lane | bottle | olive label | again=4; tags=consumable | Picked early in Puglia and pressed the same night. Peppery enough to make you cough politely.
balsamic | Aged balsamic vinegar | 16 | Larder Lane | bottle | ink label | again=8; tags=consumable,gift | Twelve years in cherry barrels. A few drops on strawberries and you will understand.
bronze-pasta | Bronze-cut rigatoni | 3.8 | Larder Lane | pouch | butter label | again=2; tags=consumable | Rough as a cat's tongue, so that sauce stays on.
linguine | Slow-dried linguine | 3.8 | Larder Lane | pouch | sky label | again=2; tags=consumable | Dried for two days at the temperature of a warm afternoon.
tomato-passata | Tomato passata | 3.2 | Larder Lane | bottle | rust label | again=2; tags=consumable | Tomatoes, salt, basil leaf. That is all the label says, and all there is.
basil-pesto | Basil pesto | 5.5 | Larder Lane | jar | moss label | again=3; tags=consumable | Made the day the basil came in. Stir through pasta; eat from the jar if unobserved.
sea-salt | Flaky sea salt | 4.5 | Saltmarsh | box | sky none | again=6; tags=consumable | Big crisp pyramids from a very small island.
pepper | Tellicherry peppercorns | 5 | Larder Lane | jar | ink label | again=8; tags=consumable | Left on the vine until they are the size of ideas.
wildflower-honey | Wildflower honey | 8.5 | Larder Lane | jar | butter hex | again=4; tags=consumable,gift | From hives behind our own workshop. Tastes of lime trees in June.
orange-marmalade | Bitter orange marmalade | 5.8 | Larder Lane | jar | rust label | again=4; tags=consumable | Thick cut and dark, with a grown-up bitterness.
raspberry-jam | Raspberry jam | 5.2 | Larder Lane | jar | rose label | again=3; tags=consumable | Two ingredients, one of them raspberries, and not much of the other.
bread-flour | Stoneground bread flour | 3.6 | Larder Lane | pouch | oat label | again=3; tags=consumable | Milled between real stones by a real river.
rye-flour | Wholegrain rye flour | 3.9 | Larder Lane | pouch | wood label | again=4; tags=consumable | For the sourdough you have been promising everyone.
cocoa | Dark cocoa | 6.5 | Larder Lane | tin | wood label | again=5; tags=consumable | Red-brown, unsweetened, and the reason people stay for pudding.
granola | Honey and pecan granola | 7.2 | Larder Lane | pouch | butter label | again=2; tags=consumable | Baked in big clusters. The clusters are the point.
oat-biscuits | Oat and ginger biscuits | 4.4 | Larder Lane | box | rust none | again=2; tags=consumable | Snap nicely, dunk well, rarely last.
chilli-oil | Crispy chilli oil | 7.8 | Larder Lane | jar | rust label | again=3; tags=consumable; stock=0 | Garlic, sesame and a slow, friendly heat. Back as soon as the chillies are.
miso | White miso | 6.9 | Larder Lane | jar | oat label | again=6; tags=consumable; sale=5.4 | Sweet and young. For soup, for salmon, for caramel if you are brave.
`;
