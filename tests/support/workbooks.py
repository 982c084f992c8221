"""Workbooks that no spreadsheet writes: their XML is made by hand."""

import io
import zipfile
from collections.abc import Iterable

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
TITLES = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>Name</t></is></c><c r="B1" t="inlineStr"><is><t>Town</t></is></c></row>'
)
GOOD = f"{TITLES}<row><c><v>1</v></c><c><v>2</v></c></row>"


def sheet(rows: str, *, before: str = "", after: str = "") -> str:
    """A sheet's XML, `before` and `after` its rows what else it says."""
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def workbook(
    worksheet: str, *, shared: Iterable[str] = (), times: int = 1, styles: str = "", more: Iterable[str] = ()
) -> bytes:
    """The file. `times`: how often it lists its one sheet; `shared`: texts; `more`: names of parts without meaning."""
    strings = "".join(f"<si><t>{text}</t></si>" for text in shared)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_KIND}.sharedStrings+xml"/></Types>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        + '<sheet name="a" sheetId="1" r:id="r1"/>' * times
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
        "xl/worksheets/sheet1.xml": worksheet,
        **({"xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>'} if styles else {}),
        **dict.fromkeys(more, "<a/>"),
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return written.getvalue()


def wide(rows: int, last: str = "ZZZ") -> bytes:
    """A small file whose every row has a cell in A, one in B, and an empty one far to the right."""
    made = (
        f'<row r="{row}"><c r="A{row}"><v>1</v></c><c r="B{row}"><v>2</v></c><c r="{last}{row}"/></row>'
        for row in range(2, rows + 2)
    )
    return workbook(sheet(TITLES + "".join(made)))
