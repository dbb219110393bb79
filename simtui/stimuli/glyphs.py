"""How people write the ten digits: for each, the strokes of the pen, with what varies from hand to hand."""

from __future__ import annotations

from collections.abc import Callable

from simtui.stimuli.hand import Hand, Stroke, arc, on_ellipse

Glyph = Callable[[Hand], list[Stroke]]


def zero(hand: Hand) -> list[Stroke]:
    """One oval, anticlockwise from the top; it may stay open, overlap itself, or end in a tail."""
    rx, ry = hand.bell(0.42, 0.085), 0.5
    start = hand.bell(1.0, 0.3)
    points = arc(0.4, 0.5, rx, ry, start, start + 4 + hand.bell(0.05, 0.17), 11)
    # The end misses the start by a little: inside, outside or beside it.
    dx, dy = hand.bell(0.0, 0.05), hand.bell(0.0, 0.05)
    stroke = [(x + dx * i / 11, y + dy * i / 11) for i, (x, y) in enumerate(_loose(hand, points, 0.028))]
    if hand.chance(0.15):  # a tail carried on inwards or across
        x, y = stroke[-1]
        stroke.append((x - hand.between(0.05, 0.2), y + hand.bell(0.06, 0.06)))
    return [stroke]


def one(hand: Hand) -> list[Stroke]:
    """A down stroke; sometimes with a flag, sometimes with a flag and a foot."""
    bow = hand.bell(0.0, 0.025)
    lean = hand.bell(0.03, 0.05)
    top, foot = (0.4 + lean, 0.0), (0.4 - lean, 1.0)
    stem: Stroke = [top, (0.4 + bow, hand.bell(0.5, 0.08)), foot]
    style = hand.between(0, 1)
    if style < 0.76:
        return [stem]
    flag = (top[0] - hand.between(0.04, 0.16), hand.between(0.09, 0.22))
    strokes = [[flag, top, *stem]]
    if style > 0.9:
        left, right = hand.between(0.1, 0.24), hand.between(0.1, 0.24)
        tilt = hand.bell(0.0, 0.02)
        strokes.append([(foot[0] - left, 1.0 + tilt), (foot[0] + right, 1.0 - tilt)])
    return strokes


def two(hand: Hand) -> list[Stroke]:
    """A hook and a base: joined by a corner, by a loop, or by a curve."""
    cy, rx = hand.bell(0.27, 0.04), hand.bell(0.29, 0.05)
    head = arc(0.4, cy, rx, cy, hand.bell(1.62, 0.18), hand.bell(-0.1, 0.12), 6)
    left, low = hand.bell(0.04, 0.06), hand.bell(0.91, 0.03)
    end = (hand.bell(0.86, 0.11), hand.bell(0.95, 0.06))
    middle = (hand.bell(0.46, 0.05), hand.bell(0.6, 0.035))
    style = hand.between(0, 1)
    if style < 0.45:  # a loop at the lower left
        size = hand.between(0.8, 2.5)
        stroke: Stroke = [
            *head,
            middle,
            (left + 0.12, low + 0.01),
            (left - 0.03 * size, low + 0.03),
            (left - 0.06 * size, low - 0.08 * size),
            (left + 0.08 * size, low - 0.14 * size),
            (left + 0.3, low - 0.04 * size),
            (left + 0.52, low + hand.bell(0.05, 0.03)),
            end,
        ]
    elif style < 0.82:  # a corner
        corner = (left, low + 0.03)
        stroke = [*head, middle, corner, corner, (0.4, low + hand.bell(0.02, 0.03)), end]
    else:  # a curve that sags
        stroke = [*head, middle, (left + 0.1, low - 0.06), (left + 0.14, low + 0.05), (0.45, low + 0.03), end]
    return [_loose(hand, stroke, 0.02)]


def three(hand: Hand) -> list[Stroke]:
    """Two bowls that meet in a cusp or a small loop; sometimes a flat top."""
    waist = hand.bell(0.45, 0.045)
    upper, lower = hand.bell(0.66, 0.06), hand.bell(0.74, 0.06)
    inner = hand.bell(0.34, 0.075)
    start = (hand.bell(0.07, 0.06), hand.bell(0.11, 0.045))
    if hand.chance(0.12):
        turn = (hand.bell(0.66, 0.05), hand.bell(0.03, 0.02))
        head: Stroke = [(start[0], 0.04), turn, turn]
        neck_from: Stroke = []
    else:
        crown = (hand.bell(0.36, 0.04), 0.0)
        head = [start, crown, ((crown[0] + upper) / 2 + 0.07, 0.045), (upper, hand.bell(0.19, 0.03))]
        neck_from = [(upper - 0.12, waist - 0.08)]
    if hand.chance(0.22):
        size = hand.between(0.04, 0.1)
        neck: Stroke = [
            (inner + 0.1, waist - 0.02),
            (inner - size, waist + 0.03),
            (inner - size, waist - size),
            (inner + 0.1, waist + 0.02),
        ]
    else:
        neck = [*neck_from, (inner, waist), (inner, waist)]
    bowl: Stroke = [
        (lower - 0.12, waist + 0.06),
        (lower, hand.bell(0.71, 0.03)),
        (lower - 0.12, 0.92),
        (hand.bell(0.34, 0.05), 1.0),
        (hand.bell(0.03, 0.08), hand.bell(0.88, 0.055)),
    ]
    return [_loose(hand, [*head, *neck, *bowl], 0.02)]


def four(hand: Hand) -> list[Stroke]:
    """Open (an L or a cup, and a stem) or closed (a triangle and a stem)."""
    style = hand.between(0, 1)
    bar = hand.bell(0.57, 0.055)
    right = hand.bell(0.64, 0.07)
    lean = hand.bell(0.04, 0.06)
    past = hand.between(0.02, 0.28)
    foot: Stroke = [(right - lean / 2, 0.5), (right - lean, 1.0)]
    if style < 0.2:  # closed: the diagonal starts where the stem does
        corner = (hand.bell(0.02, 0.05), bar + 0.04)
        tip = (right - hand.between(0.02, 0.12), hand.bell(0.03, 0.025))
        arm: Stroke = [tip, corner, corner, (right + past, bar + hand.bell(0.0, 0.035))]
        stem: Stroke = [(right, hand.bell(0.04, 0.04)), *foot]
    elif style < 0.58:  # open, an L
        corner = (hand.bell(0.05, 0.06), bar)
        tip = (hand.bell(0.16, 0.07), hand.bell(0.05, 0.06))
        arm = [tip, corner, corner, (right + past, bar - hand.bell(0.03, 0.035))]
        stem = [(right + hand.bell(0.03, 0.04), hand.bell(0.06, 0.08)), *foot]
    else:  # open, a cup written up to the stem
        arm = [
            (hand.bell(0.07, 0.055), hand.bell(0.06, 0.06)),
            (hand.bell(0.03, 0.04), bar * 0.68),
            (hand.bell(0.2, 0.05), bar),
            (hand.bell(0.44, 0.04), bar - 0.04),
            (right - hand.between(-0.02, 0.08), bar - hand.between(0.04, 0.16)),
        ]
        stem = [(right + hand.bell(0.04, 0.04), hand.bell(0.03, 0.06)), *foot]
    return [_loose(hand, arm, 0.016), _loose(hand, stem, 0.014)]


def five(hand: Hand) -> list[Stroke]:
    """A stem and a bowl, with the bar at the top joined on, set apart, or run into one curve."""
    left = hand.bell(0.16, 0.07)
    waist = hand.bell(0.43, 0.042)
    lower = hand.bell(0.66, 0.08)
    tip = (hand.bell(0.8, 0.14), hand.bell(0.0, 0.04))
    top = (left + hand.bell(0.08, 0.04), hand.bell(0.04, 0.025))
    neck = (left, waist)
    bowl: Stroke = [
        (hand.bell(0.42, 0.05), waist - hand.bell(0.04, 0.03)),
        (lower, hand.bell(0.66, 0.04)),
        (lower - 0.12, 0.9),
        (hand.bell(0.3, 0.05), 1.0),
        (hand.bell(0.02, 0.08), hand.bell(0.9, 0.06)),
    ]
    style = hand.between(0, 1)
    if style < 0.42:  # one stroke, bar first
        return [_loose(hand, [tip, top, top, neck, neck, *bowl], 0.018)]
    if style < 0.8:  # the bar is a stroke of its own
        bar: Stroke = [(top[0] + hand.bell(0.01, 0.04), top[1] + hand.bell(0.0, 0.025)), tip]
        return [_loose(hand, [top, neck, neck, *bowl], 0.018), _loose(hand, bar, 0.012)]
    curve: Stroke = [tip, (0.48, hand.bell(0.03, 0.025)), top, (left, waist * 0.8)]
    return [_loose(hand, [*curve, *bowl], 0.016)]


def six(hand: Hand) -> list[Stroke]:
    """A falling stem, straight or bowed, that curls into a loop; the loop closes, nearly closes or laps inside."""
    rx, ry = hand.bell(0.29, 0.055), hand.bell(0.215, 0.028)
    cx, cy = 0.36, 1.0 - ry
    left = cx - rx
    start = (left + hand.bell(0.26, 0.12), 0.0)
    bow = hand.bell(0.02, 0.035)
    stem: Stroke = [
        start,
        ((start[0] + left) / 2 - 0.03 - bow, hand.bell(0.3, 0.03)),
        (left - bow / 2, hand.bell(0.62, 0.035)),
    ]
    if hand.chance(0.14):  # a high loop that curls in before it meets the stem
        cy -= hand.between(0.02, 0.07)
        loop = arc(cx, cy, rx, 1.0 - cy, 2.2, hand.bell(5.0, 0.12), 7)
        loop += [
            (cx - hand.between(0.0, 0.12), cy + hand.bell(0.0, 0.03)),
            (cx + hand.bell(0.02, 0.05), cy + hand.between(0.1, 0.2)),
        ]
        return [_loose(hand, [*stem, *loop], 0.016)]
    # Wide loops start level with the stem's side, so the first point on the ellipse is just below it.
    loop = arc(cx, cy, rx, ry, 2.2, hand.bell(6.0, 0.13), 8)
    if hand.chance(0.4):  # the end laps down into the loop
        x, y = loop[-1]
        loop.append((x + hand.bell(0.0, 0.04), y + hand.between(0.05, 0.16)))
    return [_loose(hand, [*stem, *loop], 0.018)]


def seven(hand: Hand) -> list[Stroke]:
    """A bar and a stem that leans; sometimes a serif before, sometimes a bar through the middle."""
    right = hand.bell(0.7, 0.07)
    corner = (right, hand.bell(0.03, 0.035))
    start = (hand.bell(0.02, 0.06), hand.bell(0.06, 0.04))
    foot = (hand.bell(0.38, 0.12), 1.0)
    middle = ((corner[0] + foot[0]) / 2 + hand.bell(0.04, 0.04), hand.bell(0.48, 0.03))
    head: Stroke = [start, ((start[0] + right) / 2, corner[1] + hand.bell(0.01, 0.03)), corner]
    if hand.chance(0.25):  # a serif
        head[:0] = [(start[0] - hand.bell(0.03, 0.025), start[1] + hand.between(0.05, 0.15)), start]
    if hand.chance(0.75):  # a sharp corner
        head.append(corner)
    strokes = [_loose(hand, [*head, middle, foot], 0.016)]
    if hand.chance(0.2):  # a bar
        y, half = hand.bell(0.5, 0.05), hand.between(0.12, 0.27)
        x, tilt = middle[0] + hand.bell(0.0, 0.04), hand.bell(0.02, 0.03)
        strokes.append([(x - half, y + tilt), (x + half, y - tilt)])
    return strokes


def eight(hand: Hand) -> list[Stroke]:
    """An S that comes back over itself, closed, open or overshooting; or two rings, one on the other."""
    waist = hand.bell(0.485, 0.042)
    upper, lower = hand.bell(0.27, 0.057), hand.bell(0.28, 0.062)
    shift = hand.bell(0.02, 0.035)
    rings_apart = hand.chance(0.14)
    # Some cross in a point, some in two long diagonals.
    neck = 0.0 if rings_apart else hand.between(0.0, 0.14)
    high, low = (waist - neck / 2) / 2, (1 - waist - neck / 2) / 2
    top, foot = (0.4 + shift, high, upper, high), (0.4 - shift, 1 - low, lower, low)
    if rings_apart:
        rings = []
        for ring in (top, foot):
            start = hand.bell(1.0, 0.3)
            rings.append(_loose(hand, arc(*ring, start, start + hand.bell(4.02, 0.12), 9), 0.016))
        return rings
    start = hand.bell(0.55, 0.3)
    down = arc(*top, start, hand.bell(2.15, 0.12), 5)
    round_ = arc(*foot, hand.bell(0.2, 0.12), hand.bell(-2.18, 0.1), 7)
    back: Stroke = [(0.4 + hand.bell(0.0, 0.03), waist), on_ellipse(*top, hand.bell(-0.15, 0.12))]
    if hand.chance(0.42):  # the start or the end reaches out to the upper right
        arm = (0.4 + shift + upper + hand.between(-0.04, 0.18), hand.bell(0.02, 0.06))
        if hand.chance(0.5):
            down.insert(0, arm)
        back.append(arm)
    else:
        miss = hand.bell(0.0, 0.065)
        end = (top[0], top[1], upper + miss, top[3] - miss / 2)
        back.append(on_ellipse(*end, start - hand.bell(0.1, 0.21)))
    return [_loose(hand, [*down, (0.4 + hand.bell(0.0, 0.03), waist), *round_, *back], 0.02)]


def nine(hand: Hand) -> list[Stroke]:
    """A loop and a stem: straight, bent to the left, or hooked; the loop may stay open."""
    rx, ry = hand.bell(0.26, 0.055), hand.bell(0.235, 0.035)
    start = hand.bell(0.4, 0.2)
    loop = arc(0.36, ry, rx, ry, start, hand.bell(3.75, 0.12), 7)
    right = 0.36 + rx
    style = hand.between(0, 1)
    lean = hand.bell(0.05, 0.07)
    if style < 0.5:  # up again, a corner, and straight down
        peak = (right + hand.bell(0.03, 0.03), hand.bell(0.11, 0.06))
        stem: Stroke = [peak, peak, (right - lean / 2, 0.55), (right - lean, 1.0)]
    elif style < 0.78:  # the loop runs on into the stem
        peak = (right + hand.bell(0.01, 0.02), hand.bell(0.24, 0.035))
        stem = [peak, (right + 0.01, 0.5), (right - lean, 0.8), (right - lean * 2 - 0.08, 1.0)]
    else:  # hooked like a g
        peak = (right + hand.bell(0.01, 0.025), hand.bell(0.17, 0.04))
        hook = hand.between(0.1, 0.4)
        tail = right - 0.05
        stem = [peak, peak, (right, 0.6), (tail, 0.9), (tail - hook * 0.5, 1.0), (tail - 0.03 - hook, 0.97)]
    return [_loose(hand, [*loop, *stem], 0.018)]


def _loose(hand: Hand, points: Stroke, sd: float) -> Stroke:
    """The points, each moved a little; a corner (a point given twice) stays one."""
    moved: Stroke = []
    for i, point in enumerate(points):
        if i and point == points[i - 1]:
            moved.append(moved[-1])
        else:
            moved.append(hand.near(*point, sd))
    return moved


GLYPHS: tuple[Glyph, ...] = (zero, one, two, three, four, five, six, seven, eight, nine)
"""How to write each digit, by digit."""
