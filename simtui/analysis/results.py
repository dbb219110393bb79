"""The numbers of an analysis as immutable records; their names are those of the analysis JSON.

A number that cannot be had is None, never NaN, and a sentence in the report's `notes` says why.
"""

from __future__ import annotations

from msgspec import Struct

from simtui.stimuli.source import Label

Interval = tuple[float, float]
"""Lower and upper end of a 95 % interval."""

SELF_PARTIAL = "Nothing is left of the layer pixels given pixels: it has no partial correlation."
"""The note about the one number that can never be had."""


class Pearson(Struct, frozen=True, kw_only=True):
    """Pearson r of network similarity with the mean rating, over pairs.

    ci: Fisher's interval; ci_bca: bootstrap over pairs, bias-corrected and accelerated; ci_crossed: bootstrap
        over pairs and raters, for new raters too. p: permutation, two-sided.
    """

    r: float | None = None
    ci: Interval | None = None
    ci_bca: Interval | None = None
    ci_crossed: Interval | None = None
    p: float | None = None


class Spearman(Struct, frozen=True, kw_only=True):
    """Spearman's rank correlation with the mean rating."""

    rho: float | None = None


class Kendall(Struct, frozen=True, kw_only=True):
    """Kendall's rank correlation with the mean rating, corrected for ties."""

    tau_b: float | None = None


class Partial(Struct, frozen=True, kw_only=True):
    """Pearson r with the mean rating after what another predictor explains of both is taken out."""

    r: float | None = None
    p: float | None = None


class LayerAgreement(Struct, frozen=True, kw_only=True):
    """How well one layer's similarities agree with the ratings of one group.

    mean_individual_r: mean over participants of r with that participant's own ratings (what
        `Ceilings.individual_lower` and `individual_upper` bound).
    r_over_ceiling: Pearson r over `Ceilings.mean`; not capped, it can exceed 1.
    """

    pearson: Pearson = Pearson()
    spearman: Spearman = Spearman()
    kendall: Kendall = Kendall()
    mean_individual_r: float | None = None
    r_over_ceiling: float | None = None
    partial_given_pixels: Partial = Partial()


class Reliability(Struct, frozen=True, kw_only=True):
    """How well people agree with each other.

    icc_a1, icc_ak, icc_ck: ICC(A,1), ICC(A,k), ICC(C,k), also written ICC(2,1), ICC(2,k), ICC(3,k).
    alpha_interval, alpha_ordinal: Krippendorff's alpha.
    split_half_sb: correlation of two halves of the participants, stepped up with Spearman–Brown.
    """

    mean_pairwise_r: float | None = None
    icc_a1: float | None = None
    icc_ak: float | None = None
    icc_ck: float | None = None
    alpha_interval: float | None = None
    alpha_ordinal: float | None = None
    split_half_sb: float | None = None


class Ceilings(Struct, frozen=True, kw_only=True):
    """The best that any predictor could do, given how well people agree.

    individual_lower, individual_upper: bounds of `LayerAgreement.mean_individual_r` (Nili et al., 2014).
    mean: bound of Pearson r with the mean rating, √ICC(C,k).
    """

    individual_lower: float | None = None
    individual_upper: float | None = None
    mean: float | None = None


class PairScore(Struct, frozen=True, kw_only=True):
    """One pair, with what people and every layer say of it.

    human: mean rating, on the study's scale; human_normalized: the same, 0 for the group's lowest and 1 for
        its highest. similarity: raw cosine, by layer. left, right: image ids in the study.
    """

    id: str
    left: str
    right: str
    n_ratings: int
    human: float | None
    human_normalized: float | None
    similarity: dict[str, float | None]
    similarity_normalized: dict[str, float | None]


class Group(Struct, frozen=True, kw_only=True):
    """The pairs of one digit and everything that was computed over them.

    another_person_r: mean over participants of r with the mean of all others.
    accuracy_on_stimuli: share of the group's images that the network classifies as `digit`, 0 to 1.
    """

    digit: Label
    n_pairs: int
    n_participants: int
    pairs: tuple[PairScore, ...]
    layers: dict[str, LayerAgreement]
    reliability: Reliability = Reliability()
    ceilings: Ceilings = Ceilings()
    another_person_r: float | None = None
    accuracy_on_stimuli: float | None = None

    def human_normalized(self) -> tuple[float | None, ...]:
        """Mean ratings in pair order, rescaled to 0..1 within the group."""
        return tuple(pair.human_normalized for pair in self.pairs)

    def similarity_normalized(self, layer: str) -> tuple[float | None, ...]:
        """One layer's similarities in pair order, rescaled to 0..1 within the group."""
        return tuple(pair.similarity_normalized[layer] for pair in self.pairs)


class OverallLayer(Struct, frozen=True, kw_only=True):
    """One layer over all groups: the Fisher-z mean of the within-digit r; with one group, that group's r."""

    r: float | None = None
    ci: Interval | None = None


class Overall(Struct, frozen=True, kw_only=True):
    """What holds over all digits. Ratings of different digits are never pooled into one r."""

    layers: dict[str, OverallLayer]


class Skipped(Struct, frozen=True, kw_only=True):
    """A file that was not used, and why."""

    file: str
    reason: str


class Used(Struct, frozen=True, kw_only=True):
    """A session file that was used."""

    file: str
    participant_id: str
    run: int


class CheckpointInfo(Struct, frozen=True, kw_only=True):
    """The network's weights. test_acc: percent correct on MNIST's test set, as its file says."""

    file: str
    sha256: str
    test_acc: float | None


class Report(Struct, frozen=True, kw_only=True):
    """Everything one analysis found. The screen, the text and the JSON all show this same object.

    study_note: one line about the images that is shown wherever it is not empty ("drawn digits, not MNIST").
    layers: names of the layers that were computed, in the order in which they are shown.
    participants: in natural order (P2 before P10). simulated: at least one of them is not a person.
    notes: one sentence for each number that could not be had, and whatever else a reader must know.
    """

    format: str = "simtui.analysis"
    version: int = 1
    study_id: str
    study_sha256: str
    study_title: str
    study_note: str
    scale: tuple[int, int]
    sampling: str
    seed: int
    checkpoint: CheckpointInfo
    layers: tuple[str, ...]
    participants: tuple[str, ...]
    sessions: tuple[Used, ...]
    skipped: tuple[Skipped, ...]
    simulated: bool
    groups: tuple[Group, ...]
    overall: Overall
    notes: tuple[str, ...]
