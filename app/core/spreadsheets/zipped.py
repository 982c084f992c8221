"""The archive around a workbook whose one sheet is written as it comes (APPNOTE 6.3.10, ECMA-376 part 1).

The other parts stand first and are always the same. The sheet comes last, its checksum and sizes behind it in a data
descriptor, since nobody knows them before.
"""

import io
import struct
import zipfile

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_SHEET_NAME = b"xl/worksheets/sheet1.xml"

_PARTS = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_RELATIONS}">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="Rows" sheetId="1" r:id="rId1"/></sheets>'
        "</workbook>"
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_RELATIONS}">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
    ),
    # Formats of cells: 0 as it is, 1 a sum with its pence, 2 a title.
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/>'
        '</fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        '<cellXfs count="3"><xf/><xf numFmtId="2" applyNumberFormat="1"/><xf fontId="1" applyFont="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    ),
}  # fmt: skip
SHEET_HEAD = (
    f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
    "{columns}<sheetData>"
)
SHEET_FOOT = b"</sheetData></worksheet>"

_MOST = 0xFFFFFFFF
#: Sizes and checksum come behind (bit 3), the name is UTF-8 (bit 11).
_FLAGS = 0x0808
#: The first day that an archive can name: whose file it is says when it was made.
_DAY = (0 << 9) | (1 << 5) | 1
_DEFLATED, _VERSION = 8, 20


def _beginning() -> tuple[bytes, bytes, int]:
    """The archive up to the sheet, its list of what is in it so far, and how many that are."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _PARTS.items():
            part = zipfile.ZipInfo(name)  # of the first day there is, so that every process makes the same
            part.create_system, part.compress_type = 0, zipfile.ZIP_DEFLATED
            archive.writestr(part, _XML + content)
        files = held.getvalue()
    listed = held.getvalue()[len(files) : -22]  # what closes it is written anew
    return files, listed, len(_PARTS)


_FILES, _LISTED, _COUNT = _beginning()
_SHEET_HEADER = struct.pack(
    "<4s5H3I2H", b"PK\3\4", _VERSION, _FLAGS, _DEFLATED, 0, _DAY, 0, 0, 0, len(_SHEET_NAME), 0
)  # fmt: skip
#: All that stands before the sheet's own bytes.
PREFIX = _FILES + _SHEET_HEADER + _SHEET_NAME


def directory(crc: int, packed: int, plain: int) -> bytes:
    """What stands behind the sheet: its figures, and the archive's list of all its parts.

    Raises ValueError for a sheet that is too large for such an archive.
    """
    if max(plain, packed + len(PREFIX) + len(_LISTED)) > _MOST:
        raise ValueError("the sheet is too large for a workbook")
    figures = struct.pack("<3I", crc, packed, plain)
    entry = struct.pack(
        "<4s6H", b"PK\1\2", _VERSION, _VERSION, _FLAGS, _DEFLATED, 0, _DAY
    ) + figures + struct.pack("<5H2I", len(_SHEET_NAME), 0, 0, 0, 0, 0, len(_FILES)) + _SHEET_NAME  # fmt: skip
    behind = b"PK\7\x08" + figures
    listed_at = len(PREFIX) + packed + len(behind)
    listed = _LISTED + entry
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, _COUNT + 1, _COUNT + 1, len(listed), listed_at, 0)
    return behind + listed + end
