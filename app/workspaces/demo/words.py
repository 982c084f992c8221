"""What the demo's people and houses are made of. Names are invented; towns are real, the houses in them are not."""

FIRST_NAMES = (
    "Hannah", "George", "Priya", "Martin", "Aoife", "Colin", "Beatrice", "Samuel", "Gwen", "Ibrahim", "Margaret", "Tom",
    "Nicola", "Derek", "Yasmin", "Peter", "Lorna", "Callum", "Edith", "Rhys", "Fiona", "Stuart", "Amelia", "Keith",
    "Joanna", "Dominic", "Sheila", "Owen", "Katya", "Roger", "Bethan", "Alan", "Maya", "Graham", "Tessa", "Luke",
    "Pauline", "Hugo", "Rosalind", "Nathan",
)  # fmt: skip
SURNAMES = (
    "Cole", "Penrose", "Nair", "Quick", "Brennan", "Tarrant", "Hobhouse", "Vowles", "Chilcott", "Rahman", "Meaker",
    "Durston", "Ashworth", "Padfield", "Okafor", "Luff", "Keevil", "Sparrow", "Winslade", "Gifford", "Marchant",
    "Bartlett", "Stuckey", "Loxton", "Hembrow", "Frampton", "Clapp", "Rossiter", "Coombes", "Tidball", "Yandle",
    "Sweet", "Burge", "Pople", "Creed", "Langdon", "Nowak", "Fear", "Hallett", "Thorne",
)  # fmt: skip
#: District, town, and how many of a hundred enquiries come from there.
PLACES = (
    ("BA5", "Wells", 14), ("BA6", "Glastonbury", 9), ("BA16", "Street", 8), ("BA4", "Shepton Mallet", 8),
    ("BA11", "Frome", 9), ("BA7", "Castle Cary", 4), ("BA10", "Bruton", 4), ("BA9", "Wincanton", 4),
    ("BA3", "Midsomer Norton", 6), ("TA11", "Somerton", 5), ("TA10", "Langport", 4), ("TA6", "Bridgwater", 6),
    ("TA8", "Burnham-on-Sea", 6), ("TA9", "Highbridge", 4), ("BS27", "Cheddar", 6), ("BS26", "Axbridge", 4),
    ("BS28", "Wedmore", 5), ("BS25", "Winscombe", 4), ("BS22", "Weston-super-Mare", 5), ("BS21", "Clevedon", 4),
    ("BS48", "Nailsea", 4), ("TA1", "Taunton", 5),
)  # fmt: skip
FAR_PLACES = (
    ("BS6", "Bristol"), ("BA21", "Yeovil"), ("EX1", "Exeter"), ("TA24", "Minehead"), ("BA1", "Bath"),
    ("SP8", "Gillingham"),
)  # fmt: skip
STREETS = (
    "Mill Lane", "Priory Road", "Bath Road", "Tor View", "Orchard Close", "Silver Street", "Beech Avenue",
    "Church Path", "Portway", "Meadow Rise", "St Andrew's Close", "Old Market Place", "Hazel Grove", "Quarry Lane",
    "Chapel Hill", "Elm Drive", "Station Road", "Willow Walk", "Manor Gardens", "Ash Lane", "Cathedral View",
    "Brue Close", "Woodpecker Way", "Rectory Lane", "Drove Road",
)  # fmt: skip
FAR_STREETS = ("Chestnut Road", "Harbour Street", "Castle Terrace", "Park Row", "Victoria Place", "Abbey Road")
#: Property type, bedrooms, price of a four-weekly clean in pence, weight.
HOUSES = (
    ("terraced", "1-2", 1200, 8), ("terraced", "3", 1400, 12), ("semi", "3", 1600, 22), ("semi", "4", 1900, 12),
    ("detached", "3", 2000, 10), ("detached", "4", 2400, 14), ("detached", "5", 2900, 6), ("detached", "6+", 3800, 2),
    ("bungalow", "1-2", 1300, 6), ("bungalow", "3", 1500, 8), ("townhouse", "4", 2200, 5), ("flat", "1-2", 1000, 4),
    ("commercial", None, 4500, 4),
)  # fmt: skip
BUSINESSES = ("The Swan Tea Rooms", "Polden Vets", "Avalon Dental Care", "Mendip Letting Office", "Brue Valley Nursery")
FREQUENCIES = (("4_weekly", 5), ("6_weekly", 1), ("8_weekly", 9), ("12_weekly", 3), ("one_off", 2))
SOURCES = (
    ("website_form", 48), ("google", 12), ("facebook", 8), ("phone", 12), ("referral", 12), ("leaflet", 5), ("van", 4),
)  # fmt: skip
WISHES = (
    "Could you do the conservatory roof as well, perhaps in spring?", "We have had nobody since the last one retired.",
    "Mornings are best, I work nights.", "The back bedroom window does not open, so no inside there please.",
    "There is a small dog, friendly but loud.", "Please quote with and without the Velux windows.",
    "We are having the outside painted until the end of the month.", "Is it possible to pay by direct debit?",
    "My neighbour at number 12 uses you and is very happy.", "The gutters at the back overflow when it rains.",
)  # fmt: skip
ACCESS = (
    "Side gate is bolted from inside; ring first.", "Gate code is on the fridge note, ask at the door.",
    "Park on the road, the drive is shared.", "Long ladder needed for the back, it drops a storey.",
    "Path round the left side, mind the pond.",
)  # fmt: skip
CALLS = (
    "Wants it done before the family comes at Christmas.", "Had a cleaner who stopped turning up. Wants it regular.",
    "Comparing three firms. Reliability matters more than price.", "Nice chat. Asked how we reach the dormer.",
    "Prefers a text the evening before.", "Only outside. May add the conservatory in spring.",
    "Asked whether we are insured. Told her yes, and sent the certificate.", "Works from home, any day suits.",
)  # fmt: skip
NOTES = (
    "Three storeys at the back, water-fed pole reaches.", "Leaded windows in the front bay: allow ten minutes more.",
    "Next to a house we clean already; same day works.", "Drive is steep, park at the top.",
    "Asked to hold off until the scaffolding is down.", "Quoted by eye from the street; check the extension.",
)  # fmt: skip
HAGGLES = (
    "Would go ahead at two pounds less. Offered eight-weekly instead.", "Wants the first clean at the normal price.",
    "Asks for a joint price with her mother next door.", "Would like twelve-weekly; explained the price.",
)  # fmt: skip
HOT = (
    "Said yes in principle, wants to see next month's date first.", "Husband has the last word, ringing back tomorrow.",
    "Ready to start, waiting for the new gate.",
)  # fmt: skip
DECLINE_WORDS = {
    "too_expensive": "Thank you, but we found it for less.", "someone_else": "My brother-in-law is doing it now.",
    "not_now": "Perhaps again in spring.", "not_needed": "We are moving after all.",
}  # fmt: skip
