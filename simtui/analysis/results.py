"""The numbers of an analysis as immutable records; their names are those of the analysis JSON.

A number that cannot be had is None, never NaN, and a sentence in the report's `notes` says why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from simtui.analysis.layer_results import (
    Capture,
    Covariate,
    Disagreements,
    Followed,
    ForNew,
    Heterogeneity,
    Interval,
    LayerAgreement,
    LayerDifference,
    OverallDifference,
    Untrained,
)
from simtui.stimuli.source import Label

if TYPE_CHECKING:
    import pandas as pd

ICC_NAMES = {
    "icc_a1": ("ICC(A,1)", "ICC(2,1)"),
    "icc_ak": ("ICC(A,k)", "ICC(2,k)"),
    "icc_c1": ("ICC(C,1)", "ICC(3,1)"),
    "icc_ck": ("ICC(C,k)", "ICC(3,k)"),
}
"""Each ICC as McGraw & Wong (1996) and as Shrout & Fleiss (1979) name it."""


class Reliability(Struct, frozen=True, kw_only=True):
    """How well people agree with each other.

    icc_a1, icc_ak, icc_c1, icc_ck: ICC(A,1), ICC(A,k), ICC(C,1), ICC(C,k), also written ICC(2,1), ICC(2,k),
        ICC(3,1), ICC(3,k).
    alpha_interval, alpha_ordinal: Krippendorff's alpha.
    split_half_r: mean correlation of two halves of the participants; split_half_sb: the same stepped up to all
        of them with Spearman–Brown, where it is not negative.
    """

    mean_pairwise_r: float | None = None
    icc_a1: float | None = None
    icc_ak: float | None = None
    icc_ck: float | None = None
    alpha_interval: float | None = None
    alpha_ordinal: float | None = None
    split_half_sb: float | None = None
    icc_c1: float | None = None
    split_half_r: float | None = None


class Ceilings(Struct, frozen=True, kw_only=True):
    """The best that any predictor could do, given how well people agree.

    individual_lower, individual_upper: bounds of `LayerAgreement.mean_individual_r` (Nili et al., 2014).
    mean: bound of Pearson r with the mean rating, √ICC(C,k); mean_ci: its interval (Shrout & Fleiss, 1979).
    """

    individual_lower: float | None = None
    individual_upper: float | None = None
    mean: float | None = None
    mean_ci: Interval | None = None


NO_CEILINGS = Ceilings()


class NoCeilings(Struct, frozen=True, kw_only=True):
    """Why the individual ceiling lacks a bound, and why there is none of the mean: sentences of the notes, or null."""

    individual: str | None = None
    mean: str | None = None


class PairScore(Struct, frozen=True, kw_only=True):
    """One pair, with what people and every layer say of it.

    human: mean rating, on the study's scale; human_normalized: the same, 0 for the group's lowest and 1 for
        its highest (of z-scored means where the report is z-scored). human_z: mean of the ratings after each
        participant's are z-scored. similarity: raw cosine, by layer; untrained: the same of untrained networks,
        mean over the seeds. covariates: measures of the images. left, right: image ids in the study.
    ratings: what each participant said of the pair, on the study's scale, by participant; in the report's order,
        without those who did not rate it.
    """

    id: str
    left: str
    right: str
    n_ratings: int
    human: float | None
    human_normalized: float | None
    similarity: dict[str, float | None]
    similarity_normalized: dict[str, float | None]
    human_z: float | None = None
    untrained: dict[str, float | None] = {}
    covariates: dict[str, float | None] = {}
    ratings: dict[str, int] = {}


class Group(Struct, frozen=True, kw_only=True):
    """The pairs of one digit and everything that was computed over them.

    n_pairs: pairs of the study; n_rated: those with a usable rating, which every r is of.
    another_person_r: mean over participants of r with the mean of all others.
    accuracy_on_stimuli: share of the group's different images that the network classifies as `digit`, 0 to 1.
    accuracy_is_low: that share is so far below what the network does elsewhere that r may say more of the images'
        format than of what they show.
    leave_one_out_r: each participant's r with the mean of all others; pairwise_r: every participant's with every
        other's; both in the report's order of participants, null for one who was left out. There is no matrix of
        more than 200 participants.
    untrained: by layer, what the same architecture does before it has learnt anything.
    differences: of every two layers. resampled: what the bootstrap drew, "pairs", or "groups" or "images" where
        pairs share images.
    verdict: False where there are too few pairs to conclude anything. detectable_r: the r that this many pairs
        show with 80 % power.
    follows: by layer, and for the measure `deskewed_cosine`, the slope of each person on it.
    covariates: what can be measured on the images alone; covariate_threshold: the |r| with people that any of them
        must reach for p ≤ .05 over all of them. captures, disagreements: by layer.
    """

    digit: Label
    n_pairs: int
    n_participants: int
    pairs: tuple[PairScore, ...]
    layers: dict[str, LayerAgreement]
    reliability: Reliability = Reliability()
    ceilings: Ceilings = Ceilings()
    no_ceilings: NoCeilings = NoCeilings()
    n_rated: int = 0
    another_person_r: float | None = None
    accuracy_on_stimuli: float | None = None
    accuracy_is_low: bool = False
    leave_one_out_r: tuple[float | None, ...] = ()
    pairwise_r: tuple[tuple[float | None, ...], ...] | None = None
    untrained: dict[str, Untrained] = {}
    differences: tuple[LayerDifference, ...] = ()
    resampled: str = "pairs"
    verdict: bool = False
    detectable_r: float | None = None
    covariates: tuple[Covariate, ...] = ()
    covariate_threshold: float | None = None
    captures: dict[str, Capture] = {}
    disagreements: dict[str, Disagreements] = {}
    follows: dict[str, Followed] = {}

    def interval(self, layer: str) -> Interval | None:
        """95 % interval of a layer's r for new people and new pairs; None where one person rated, or there is none.

        That of the mixed model, or of images and people where pairs share images.
        """
        found = self.layers[layer]
        return found.mixed.ci_r if self.resampled == "pairs" else found.for_new.ci

    def p_new(self, layer: str) -> float | None:
        """Two-sided p of the same; None where there is none."""
        found = self.layers[layer]
        return found.mixed.p if self.resampled == "pairs" else found.for_new.p


class OverallLayer(Struct, frozen=True, kw_only=True):
    """One layer over all groups: the Fisher-z mean of the within-digit r; with one group, that group's r.

    The mean is weighted with pairs − 3. ci: for these people, Fisher's; ci_crossed: for new people and pairs, people
    resampled jointly over all groups; for_new: the same with few people in mind, null with one group.
    as_another_person_r: that of `LayerAgreement.as_another_person_r`.
    """

    r: float | None = None
    ci: Interval | None = None
    as_another_person_r: float | None = None
    ci_crossed: Interval | None = None
    for_new: ForNew = ForNew()


class Overall(Struct, frozen=True, kw_only=True):
    """What holds over all digits. Ratings of different digits are never pooled into one r.

    untrained: by layer, the Fisher-z mean of `Untrained.r`; untrained_p: rank of the trained one among these means,
        seed by seed. differences: of every layer from the pixels, tested together. q: by layer, whether r differs
        between digits. The rest: means of what `Group` and its layers call so.
    """

    layers: dict[str, OverallLayer]
    untrained: dict[str, float | None] = {}
    another_person_r: float | None = None
    leave_one_out_r: tuple[float | None, ...] = ()
    individual_r: dict[str, tuple[float | None, ...]] = {}
    untrained_p: dict[str, float | None] = {}
    differences: tuple[OverallDifference, ...] = ()
    q: dict[str, Heterogeneity | None] = {}


class Skipped(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file that was not used, and why. participant_id: of its session, where it has one.

    rule, why: the rule that left it out, if one did, and what it went by.
    """

    file: str
    reason: str
    participant_id: str | None = None
    rule: str | None = None
    why: str | None = None


class Used(Struct, frozen=True, kw_only=True):
    """A session file that was used. imported_from: the table that its ratings come from, null where there is none.

    site: the name that its folder was given; renamed_from: the id under which it was rated, where that was corrected;
    null where there is none.
    """

    file: str
    participant_id: str
    run: int
    imported_from: str | None = None
    site: str | None = None
    renamed_from: str | None = None


class CheckpointInfo(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The network's weights. test_acc: percent correct on MNIST's test set, as its file says.

    preprocess: how images entered a network that is not the homework's; written only of such a one, whose `file` is
        its name.
    """

    file: str
    sha256: str
    test_acc: float | None
    preprocess: str | None = None


class Report(Struct, frozen=True, kw_only=True):
    """Everything one analysis found. The screen, the text and the JSON all show this same object.

    study_note: one line that says what the images are ("drawn digits, not MNIST").
    layers: names of the layers that were computed, in the order in which they are shown.
    participants: in natural order (P2 before P10). simulated: at least one of them is not a person.
    notes: one sentence for each number that could not be had, and whatever else a reader must know.
    zscored: each participant's ratings were z-scored before they were averaged.
    centred: the network, pixels and covariates saw copies of the images with the centre of mass in the middle.
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
    zscored: bool = False
    centred: bool = False

    def group_of(self, pair: int) -> Group | None:
        """The group of a pair by its position through all groups; None where there is no such pair."""
        for group in self.groups:
            if pair < len(group.pairs):
                return group
            pair -= len(group.pairs)
        return None

    def interval(self, layer: str) -> Interval | None:
        """95 % interval of a layer's r over all digits, for new people and new pairs; None where there is none."""
        return self.groups[0].interval(layer) if len(self.groups) == 1 else self.overall.layers[layer].for_new.ci

    def p_new(self, layer: str) -> float | None:
        """Two-sided p of the same; None where there is none."""
        return self.groups[0].p_new(layer) if len(self.groups) == 1 else self.overall.layers[layer].for_new.p

    def to_frame(self) -> pd.DataFrame:
        """One row a group (digit) and layer: r, its intervals (…_low, …_high) and p, and what r is read against.

        Columns are named as in the JSON. Raises SimtuiError where pandas is not installed.
        """
        from simtui.analysis.frames import report_frame

        return report_frame(self)
