"""Small files of each layout, to be downloaded and looked at. Their people and houses are made up."""

_SQUEEGEE = [
    "Cust Ref", "Title", "First Name", "Last Name", "Address Line 1", "Town", "Postcode", "Phone", "Mobile", "Email",
    "Price", "Frequency", "Added", "Notes",
]  # fmt: skip
_NOTION = [
    "Name", "Status", "Squeegee Status", "Reference number", "Email", "Phone", "Address", "Postcode", "Property type",
    "Services", "Agreed prices", "Frequency", "Source", "Created", "Notes",
]  # fmt: skip
_PLAIN = [
    "Name", "Phone", "Email", "Address", "Postcode", "Services", "Frequency", "Price", "Status", "Source", "Came in on",
    "Notes",
]  # fmt: skip

#: Titles and rows by layout.
EXAMPLES: dict[str, tuple[list[str], list[list[str]]]] = {
    "plain": (_PLAIN, [
        ["Mrs Hannah Cole", "07700 900318", "hannah.cole@example.com", "4 Mill Lane, Wells", "BA5 2QJ",
         "Window cleaning", "Every 8 weeks", "24.00", "Quote sent", "Website", "03/11/2026", "Side gate, code 4411"],
        ["Owen Pike", "01632 960411", "", "12 Haybridge Road, Wells", "BA5 1AF", "Gutter clearing", "One-off",
         "65.00", "New", "Leaflet", "05/11/2026", ""],
    ]),
    "notion": (_NOTION, [
        ["Hannah Cole", "Awaiting response", "Not processed", "SWC-0417", "hannah.cole@example.com", "07700 900318",
         "4 Mill Lane, Wells", "BA5 2QJ", "3 bed semi", "Windows and conservatory roof", "£24 every 8 weeks",
         "8 weekly", "Website", "3 November 2026", "Rings after six"],
        ["Owen Pike", "Accepted", "Added", "SWC-0418", "owen.pike@example.com", "01632 960411",
         "12 Haybridge Road, Wells", "BA5 1AF", "Detached", "Gutters", "£65", "One-off", "Leaflet",
         "5 November 2026", ""],
    ]),
    "squeegee": (_SQUEEGEE, [
        ["1042", "Mrs", "Hannah", "Cole", "4 Mill Lane, Wells, Somerset BA5 2QJ", "", "", "", "07700 900318",
         "hannah.cole@example.com", "24.00", "8 weeks", "03/11/26", ""],
        ["1043", "", "Owen", "Pike", "12 Haybridge Road", "Wells", "BA5 1AF", "01632 960411", "", "", "65.00", "",
         "05/11/26", "Ring first"],
    ]),
}  # fmt: skip
