/** id | title | price | brand | shape | colour pattern | facts | text. See read.ts. */
export const GARDEN_TOOLS = `
hand-trowel | Forged hand trowel | 26 | Tull & Spade | trowel | wood none | material=carbon steel and ash; tags=gift | One piece of steel from tip to tang. Digs, plants, and does not bend at the neck.
hand-fork | Forged hand fork | 26 | Tull & Spade | handfork | wood none | material=carbon steel and ash | The trowel's companion: three tines that loosen without slicing worms.
border-spade | Border spade | 68 | Tull & Spade | spade | wood none | material=steel and ash | Narrow enough to work between the roses, strong enough to move them.
digging-fork | Digging fork | 72 | Tull & Spade | gardenfork | wood none | material=steel and ash; sale=59 | Potatoes come up whole. So do old bricks.
secateurs | Bypass secateurs | 44 | Tull & Spade | secateurs | rust none | material=carbon steel; tags=gift | A clean cut through a finger-thick stem, and a red handle you can find in the grass.
snips | Flower snips | 19 | Tull & Spade | scissors | moss none | material=steel | Light, pointed and quick: sweet peas by the armful.
watering-can | Long-reach watering can | 48 | Tull & Spade | can | moss none | material=galvanised steel; colours=moss,sky,butter; tags=gift | Balanced when full, with a brass rose that rains rather than pours.
indoor-can | Indoor watering can | 27 | Tull & Spade | can | copper none | material=copper | A thin spout that finds the soil and spares the windowsill.
mister | Glass plant mister | 17 | Tull & Spade | mister | aqua none | material=glass and brass; tags=gift | Ferns love it. So will you, in August.
gloves | Goatskin gardening gloves | 24 | Tull & Spade | gloves | butter none | material=goatskin; sizes=S:0,M:0,L:0; tags=gift | Supple enough to sow seed, tough enough for brambles.
kneeler | Garden kneeler | 29 | Tull & Spade | kneeler | moss stripe | material=waxed cotton | Two inches of mercy.
twine | Ball of jute twine | 6 | Tull & Spade | twine | wood none | again=8; material=jute; tags=consumable,gift | Eighty metres, three-ply, biodegradable, always in the other pocket.
twine-tin | Twine in a tin with a cutter | 16 | Tull & Spade | twine | moss none | material=jute; tags=gift | The tin is so that you can find it. The cutter is so that you stop using your teeth.
plant-labels | Slate plant labels | 9 | Tull & Spade | labels | ink none | material=slate | Write on them in pencil. It outlasts ink, and most of the plants.
dibber | Oak dibber | 14 | Bramble Works | dibber | wood grain | material=oak; tags=gift | Makes a hole. Has made holes for two thousand years. Nothing to improve.
trug | Willow trug | 38 | Bramble Works | trug | wood weave | material=willow; tags=gift; stock=3 | For carrying home whatever there is too much of.
plant-supports | Hazel plant supports | 18 | Tull & Spade | canes | wood none | material=hazel; again=40 | Cut in winter by someone who whistles. For peas, beans and delphiniums with ambitions.
tool-brush | Tool brush and oil set | 22 | Tull & Spade | nailbrush | rust grain | again=20; tags=gift; stock=0 | Five minutes in November, and spring comes sharper.
`;
