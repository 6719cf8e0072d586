/** id | title | price | brand | shape | colour pattern | facts | text. See read.ts. */
export const CANDLES = `
fig-candle | Fig leaf candle | 26 | Lowlight | candle | moss label | again=6; tags=gift,scented; material=soy wax | Green, milky and warm: a fig tree against a south wall at four in the afternoon.
woodsmoke-candle | Woodsmoke candle | 26 | Lowlight | candle | ink label | again=6; tags=gift,scented; material=soy wax | Like coming in from a bonfire, without having to wash your hair.
orange-candle | Orange and clove candle | 26 | Lowlight | candle | rust label | again=6; tags=gift,scented; material=soy wax | December in a glass. Perfectly legal in March.
linen-candle | Clean linen candle | 24 | Lowlight | candle | sky label | again=6; tags=scented; material=soy wax; sale=18 | Sheets on a line, in wind, by the sea.
taper-candles | Twelve beeswax tapers | 22 | Lowlight | tapers | butter none | again=4; tags=consumable; material=beeswax | Slow, bright and honey-scented. They bend a little in the sun, as do we.
coloured-tapers | Six dip-dyed tapers | 18 | Lowlight | tapers | rose none | again=4; tags=gift; colours=rose,moss,ink | Dipped by hand, forty times each, in colours that get on with one another.
pillar-candle | Church pillar candle | 14 | Lowlight | pillar | cream none | again=8; sizes=10 cm:-4,15 cm:0,20 cm:6 | Sixty hours of quiet light.
tealights | Thirty tealights | 9 | Lowlight | tealights | cream none | again=4; tags=consumable | In cups you can compost. Six hours each, so a long dinner and the talk after it.
candlestick | Brass candlestick | 28 | Lowlight | candlestick | brass none | material=brass; tags=gift | Solid enough to be a clue in a detective story.
candle-holders | Trio of stone candle holders | 32 | Fernleigh | candlestick | oat speckle | material=stoneware | Small, medium and slightly too tall, the way families are.
lantern | Storm lantern | 44 | Lowlight | lantern | iron none | material=steel and glass | For the garden table when nobody wants to go in yet.
hanging-lantern | Little hanging lantern | 27 | Lowlight | lantern | copper none | material=copper; stock=4 | Hang it in the apple tree. Hang several.
festoon | Festoon lights, ten metres | 49 | Lowlight | festoon | butter none | material=rubber and glass | Twenty warm bulbs, weatherproof. The garden becomes a village square.
table-lamp | Mushroom table lamp | 68 | Lowlight | lamp | rust none | material=steel; colours=rust,cream | A small round glow that makes any corner look intended.
reading-lamp | Reading lamp with a linen shade | 84 | Lowlight | lamp | oat stripe | material=oak and linen; sale=69 | Bends to the book, not to the wall.
matches | Long matches in a bottle | 11 | Lowlight | matches | rust none | again=8; tags=gift,consumable | A hundred, with a striker on the glass. Reach every wick without an incident.
snuffer | Candle snuffer | 13 | Lowlight | snuffer | brass none | material=brass; tags=gift | Puts candles out without the smoke, and makes you feel like a verger.
wick-trimmer | Wick trimmer | 15 | Lowlight | scissors | ink none | material=steel | Five millimetres: that is the secret of a clean flame.
`;
