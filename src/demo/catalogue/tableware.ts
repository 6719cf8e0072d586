/** id | title | price | brand | shape | colour pattern | facts | text. See read.ts. */
export const TABLEWARE = `
pasta-bowl | Speckled pasta bowl | 16 | Fernleigh | bowl | oat speckle | material=stoneware; colours=oat,moss,ink | Wide, shallow and generous, with a rim that keeps the sauce where it belongs. Thrown in small batches, so no two speckles agree.
dinner-plate | Everyday dinner plate | 14 | Fernleigh | plate | oat speckle | material=stoneware | The plate you will reach for without thinking. Heavy enough to feel like supper, light enough to carry four.
side-plate | Side plate for toast and cake | 9.5 | Fernleigh | plate | moss glaze | material=stoneware | Too small for dinner, exactly right for a second slice.
breakfast-bowl | Breakfast bowl | 11 | Fernleigh | bowl | sky glaze | material=stoneware | Deep sides for porridge, granola and the milk left at the end.
ramen-bowl | Ramen bowl with chopstick rest | 22 | Fernleigh | bowl | ink speckle | material=stoneware; stock=4 | Holds a litre of broth and a soft egg. Two notches in the rim give your chopsticks somewhere to be.
soup-mug | Soup mug with a wide handle | 13 | Fernleigh | mug | rust glaze | material=stoneware | For soup eaten on the sofa under a blanket, as soup should be.
farmhouse-jug | Farmhouse milk jug | 19 | Fernleigh | jug | cream stripe | material=earthenware; tags=gift | Pours without dribbling, which is rarer than you would think. Also looks well with tulips in it.
gravy-boat | Gravy boat that does not drip | 21 | Fernleigh | jug | oat glaze | material=stoneware; sale=16 | The spout took us eleven tries. Sunday lunch has been calmer since.
salad-bowl | Big salad bowl in ash wood | 38 | Bramble Works | bowl | wood grain | material=ash | Turned from one piece of storm-felled ash and oiled by hand. Dresses a salad for eight.
salad-servers | Olive wood salad servers | 17 | Bramble Works | servers | olive grain | material=olive wood; tags=gift | A fork and a spoon cut from the same branch, so the grain runs on from one into the other.
olive-wood-spoon | Olive wood serving spoon | 9 | Bramble Works | spoon | olive grain | material=olive wood; tags=gift | Smooth as a pebble and kind to glazed bowls. Gets darker and handsomer every year.
serving-platter | Long serving platter | 32 | Fernleigh | platter | ink glaze | material=stoneware | For a side of salmon, a row of tarts, or all of the cheese.
water-glass | Bubble water glass | 7.5 | Fable | glass | aqua bubble | material=recycled glass; tags=recycled | Blown from old bottles, with a few bubbles left in to prove it.
wine-glass | Short-stemmed wine glass | 9 | Fable | goblet | clear none | material=glass | A wine glass for people who talk with their hands.
carafe | Table carafe with tumbler lid | 24 | Fable | carafe | aqua bubble | material=recycled glass; tags=recycled,gift | The lid is also the glass. One for the table, one for the bedside.
egg-cups | Pair of egg cups | 12 | Fernleigh | eggcup | butter stripe | material=earthenware; tags=gift | One for you and one for whoever is still asleep. Soldiers not included.
butter-dish | Butter dish with a lid | 23 | Fernleigh | dish | cream glaze | material=stoneware; stock=0 | Takes a whole block and keeps the cat off it.
salt-pig | Salt pig | 15 | Fernleigh | pig | rust speckle | material=stoneware; tags=gift | Keeps flaky salt dry beside the stove, with a mouth wide enough for three fingers.
`;
