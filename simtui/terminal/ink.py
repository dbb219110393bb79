"""How much ink each printable ASCII character puts into the upper and the lower half of its cell.

Measured with Pillow 13 on the whole character cell of four fonts people's terminals use: DejaVu Sans Mono and
Liberation Mono at 64 px (cell: the advance of M by ascent + descent), and the Linux console's VGA and
Terminus 8x16 bitmaps (Lat15-VGA16, Lat15-Terminus16). In each font the share of inked area was divided by
that of the font's densest character; then the four were averaged, DejaVu counting half, because Menlo and
Bitstream Vera have its shapes. One font's table alone fits that font a little better (median r with 500 MNIST
images .994 instead of .992) and the others much worse (.94 to .97 instead of .98), so the spread between
fonts is kept beside the mean and counts against a character.
"""

from __future__ import annotations

from typing import NamedTuple


class Ink(NamedTuple):
    """Inked share of the upper and lower half, 1 being the average of the densest character of a font, and
    the variance between fonts, summed over both halves."""

    upper: float
    lower: float
    variance: float


# For each character from space on, in thousandths: upper, lower (four digits each), variance (three).
_MEASURED = (
    "00000000000 04310204019 04760000006 08630751031 08550793031 06640588020 07280861052 02380000001 "
    "03980379009 03990379009 06070108019 03170366075 00000290003 01240117028 00000172001 03560336009 "
    "09650712013 05250541005 06480606004 07470567002 07060629034 08240547004 08370709016 06740311006 "
    "09670740017 09470596033 01720172002 01720276004 03910370012 03680368008 03910370012 06730228004 "
    "09670955037 07780741045 10730775013 06320544001 09070728016 09030595006 08930321007 07520741023 "
    "09930616015 05920504016 05220557006 08730667026 04100593009 12150622027 10500763053 08960714014 "
    "10320383010 08960886015 10470660017 07860604004 07600321008 07920714017 07850522013 09380877022 "
    "07520632018 07560321011 07170634008 04960475008 03900349009 04960475008 04690012009 00000398008 "
    "01610000002 04720834036 07520733011 04190512002 07510734011 05470729039 07440302005 05531092012 "
    "07480586010 04010506013 04120638008 06390664018 04870418004 07080784011 05440580009 05150698012 "
    "05530940013 05550942013 04680304005 04210635009 05880414003 04040720011 04150546009 04570870014 "
    "04130571008 04110859022 04600562003 04890518024 03800405014 04850514024 02150212054 "
)

INK: dict[str, Ink] = {
    chr(32 + i): Ink(int(entry[:4]) / 1000, int(entry[4:8]) / 1000, int(entry[8:]) / 1000)
    for i, entry in enumerate(_MEASURED.split())
}
FULL = 0.9 * max((ink.upper + ink.lower) / 2 for ink in INK.values())
"""The inked share that stands for full ink: a little under the densest, so that several characters come near."""
