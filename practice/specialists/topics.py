"""This file knows the 31 topics that people browse by, in the order they are shown."""

from __future__ import annotations

from typing import NamedTuple


class TopicText(NamedTuple):
    """One topic: its group, its word in addresses, its name, and a line that says what people mean by it."""

    group: str
    slug: str
    name: str
    line: str


COUPLE = "Couple"
FAMILY = "Family and others"
SELF = "Self"
FEELINGS = "Feelings"
SPECIFIC = "Specific"

TOPICS = (
    TopicText(
        COUPLE,
        "communication",
        "Communication",
        "Talking past each other, the same argument on repeat, or going quiet.",
    ),
    TopicText(
        COUPLE,
        "mutual-support",
        "Mutual support and fairness",
        "Who carries what at home, and how to ask without keeping score.",
    ),
    TopicText(
        COUPLE,
        "trust-after-infidelity",
        "Trust after infidelity",
        "What happens after somebody finds out, whether you stay or go.",
    ),
    TopicText(
        COUPLE,
        "intimacy-and-desire",
        "Intimacy and desire",
        "Wanting different things, or missing a closeness that used to be there.",
    ),
    TopicText(
        COUPLE,
        "money-together",
        "Money together",
        "Different habits, different incomes, and the talk you keep putting off.",
    ),
    TopicText(
        COUPLE,
        "preparing-for-marriage",
        "Preparing for marriage",
        "The questions worth asking before the wedding rather than after it.",
    ),
    TopicText(COUPLE, "long-distance", "Long distance", "Staying close when you live in two places or two time zones."),
    TopicText(
        COUPLE,
        "separation-and-divorce",
        "Separation and divorce",
        "Deciding whether to part, and parting with as little harm as possible.",
    ),
    TopicText(
        COUPLE,
        "intercultural-couples",
        "Intercultural couples",
        "Two languages, two families, two ideas of what is normal.",
    ),
    TopicText(
        COUPLE, "couples-in-crisis", "Couples in crisis", "When it feels as if one more conversation could end it."
    ),
    TopicText(FAMILY, "co-parenting", "Co-parenting", "Raising children together after you stopped being together."),
    TopicText(
        FAMILY,
        "parenting-stress",
        "Parenting stress",
        "Being tired, short-tempered or unsure at home with children of any age.",
    ),
    TopicText(
        FAMILY,
        "in-laws",
        "In-laws and extended family",
        "Parents, siblings and relatives who are close, and sometimes too close.",
    ),
    TopicText(
        FAMILY,
        "family-conflict",
        "Family conflict",
        "Old quarrels, silence, and gatherings that nobody looks forward to.",
    ),
    TopicText(
        FAMILY,
        "friendship-and-loneliness",
        "Friendship and loneliness",
        "Having nobody to call, or people around you and still feeling alone.",
    ),
    TopicText(
        FAMILY,
        "caring-for-relatives",
        "Caring for relatives",
        "Looking after a parent, partner or child, and what it does to you.",
    ),
    TopicText(
        SELF,
        "boundaries",
        "Boundaries and saying no",
        "Saying yes when you mean no, and the guilt on the days you don’t.",
    ),
    TopicText(SELF, "self-esteem", "Self-esteem", "Being harder on yourself than you would be on anybody else."),
    TopicText(
        SELF,
        "attachment-patterns",
        "Attachment patterns",
        "Holding on too tight, pulling away, or doing both in one evening.",
    ),
    TopicText(SELF, "dating-again", "Dating again", "Meeting people after a long time, a loss or a divorce."),
    TopicText(
        SELF,
        "identity-and-belonging",
        "Identity and belonging",
        "Who you are, where you fit, and what it costs to hide a part of it.",
    ),
    TopicText(
        SELF,
        "life-transitions",
        "Life transitions",
        "A move, a birth, a retirement, a diagnosis: the ground has shifted.",
    ),
    TopicText(
        SELF,
        "burnout-and-work-stress",
        "Burnout and work stress",
        "Work that follows you home, and rest that no longer helps.",
    ),
    TopicText(FEELINGS, "anxiety", "Anxiety", "Worry that runs ahead of you, in the head or in the body."),
    TopicText(FEELINGS, "panic", "Panic", "Sudden waves of fear, and a life that shrinks around avoiding them."),
    TopicText(
        FEELINGS, "low-mood", "Low mood", "Heavy mornings, little interest, and the sense of watching from outside."
    ),
    TopicText(FEELINGS, "grief-and-loss", "Grief and loss", "Somebody or something is gone, recently or long ago."),
    TopicText(FEELINGS, "anger", "Anger", "Anger that frightens you or others, or that never gets said at all."),
    TopicText(FEELINGS, "sleep", "Sleep", "Lying awake, waking at four, and dreading the next night."),
    TopicText(SPECIFIC, "trauma", "Trauma", "Something happened, and part of you is still there."),
    TopicText(
        SPECIFIC,
        "neurodivergence",
        "Neurodivergence in relationships",
        "ADHD or autism in a couple or family, diagnosed or suspected.",
    ),
)
