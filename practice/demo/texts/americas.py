"""This file knows the invented specialists of the Americas."""

from practice.demo.shapes import Hours, Override, Paper, Person

PEOPLE = (
    Person(
        name="Mateo Quiroga",
        kind="counsellor",
        title="Counsellor",
        place="Rosario",
        country="AR",
        zone="America/Argentina/Buenos_Aires",
        languages=(("es", "native"), ("en", "fluent")),
        main_topics=("separation-and-divorce", "grief-and-loss"),
        other_topics=("dating-again", "low-mood", "friendship-and-loneliness"),
        approaches=("Gestalt",),
        formats=("video", "phone", "chat"),
        couple_stance=None,
        headline="A breakup is a loss with the other person still walking around.",
        best_at=(
            "The months after an ending: the phone you don’t pick up, the friends you have to share, the empty Sunday."
        ),
        not_right_for=(
            "Couples, and anyone who is being threatened by a former partner. That needs other help first, and I "
            "know where."
        ),
        about=(
            (
                "I work late, because that’s when it hurts. Most of my hours are in the evening, after work and "
                "before you’d otherwise scroll through old photos."
            ),
            (
                "Gestalt is a German word that people in Rosario pronounce in eleven ways. For me it means that "
                "we stay with what’s here now. You tell me you’re fine and your foot is going like a sewing "
                "machine, and I’ll ask the foot. It’s often funny. Grief and laughing go together better than "
                "people think."
            ),
            (
                "I won’t advise you to write or not to write to your ex. I’ll ask what you hope happens in the "
                "minute after you press send."
            ),
        ),
        first_session="You tell me how it ended, once, in full. After that we hardly need the story.",
        training="Degree in social psychology, Rosario; three-year gestalt training.",
        years=13,
        supervision="Supervision, monthly",
        paper=Paper("Argentine association of counsellors", "DEMO-AR-712", 290),
        currency="USD",
        prices=(2500, 4000, 6000),
        hours=(
            Hours("mon tue wed thu", "17:00-22:00"),
            Hours("fri", "15:00-19:00"),
        ),
        overrides=(
            Override(8, "19:00-22:00"),
            Override(19),
        ),
        weekly_consults=8,
    ),
    Person(
        name="Rafael Monteiro Dias",
        kind="psychotherapist",
        title="Psychotherapist",
        place="Recife",
        country="BR",
        zone="America/Recife",
        languages=(("pt", "native"), ("en", "good")),
        main_topics=("trust-after-infidelity", "attachment-patterns"),
        other_topics=("couples-in-crisis", "self-esteem"),
        approaches=("Psychodynamic",),
        formats=("video",),
        couple_stance="individual_only",
        offers_consult=False,
        headline="After an affair, everyone asks why. I’m interested in what happens next.",
        best_at="The one who was betrayed and can’t stop checking. The one who betrayed and can’t explain it.",
        not_right_for="Quick decisions. If you need to choose by Friday, I’m too slow for you.",
        about=(
            (
                "I see people alone, also when the trouble is between two. It surprises couples who call me. Here "
                "is why: after a betrayal each person has a different question, and for a while the two questions "
                "drown each other out."
            ),
            (
                "Psychodynamic work takes its time. We notice what repeats: whom you trust at once, whom you "
                "test, what you do with a kindness you didn’t expect. An affair is often a clumsy answer to "
                "something that was never said aloud. Understanding that doesn’t excuse it. It does let people "
                "decide with open eyes."
            ),
            "I meet most people weekly. I take August off and tell you the dates in March.",
        ),
        first_session=(
            "You speak, I mostly listen, and near the end I tell you what I heard and whether I think I can help."
        ),
        training="Degree in psychology, Recife; psychodynamic training of five years.",
        years=21,
        supervision="Own analysis and peer supervision",
        paper=Paper("Brazilian regional council of psychology", "DEMO-BR-02-1140", 20),
        currency="BRL",
        prices=(13000, 22000, 33000),
        hours=(Hours("mon tue thu", "08:00-12:00 14:00-18:00"),),
        overrides=(
            Override(10),
            Override(24, "08:00-10:00"),
        ),
        weekly_consults=None,
    ),
    Person(
        name="Daniel Okafor-Reid",
        kind="psychotherapist",
        title="Registered psychotherapist",
        place="Toronto",
        country="CA",
        zone="America/Toronto",
        permitted=("CA-ON",),
        languages=(("en", "native"), ("fr", "good")),
        main_topics=("identity-and-belonging", "burnout-and-work-stress"),
        other_topics=("anger", "family-conflict", "self-esteem"),
        approaches=("Culturally responsive", "Narrative"),
        formats=("video", "phone"),
        couple_stance=None,
        headline="You shouldn’t have to explain the whole background before we can begin.",
        best_at=(
            "Being the only one in the room, at work or in the family. Anger that has good reasons and nowhere to go."
        ),
        not_right_for=(
            "Anyone outside Ontario; my registration ends at the border. Also not for assessments for court."
        ),
        about=(
            (
                "My mother is from Enugu and my father from Hamilton, Ontario. I grew up translating between "
                "them, not words but temperatures: what counts as loud, as late, as respect. A good part of my "
                "work is still that."
            ),
            (
                "People come because they’re exhausted, and after a while we find that some of the exhaustion "
                "isn’t from the work. It’s from watching, from adjusting a voice, from deciding each day which "
                "remark to let pass. We separate what you can change from what was never yours to fix. Then we "
                "look at what you’d do with the strength that comes back."
            ),
            (
                "I’m registered in Ontario, and the rules say that you need to be here when we speak. I’ll ask "
                "where you are each time. It’s about your protection more than mine."
            ),
        ),
        first_session="A wide question: where do you not have to explain yourself? We go on from there.",
        training="Master in counselling psychology, Toronto; narrative therapy intensive.",
        years=9,
        supervision="Clinical supervision, twice a month",
        paper=Paper("Ontario register of psychotherapists", "DEMO-ON-7754", 350),
        currency="CAD",
        prices=(8500, 15000, 22500),
        hours=(
            Hours("mon wed", "12:00-20:00"),
            Hours("tue thu", "09:00-13:00"),
            Hours("tue thu fri", "09:00-12:00", "consult"),
        ),
        overrides=(
            Override(9),
            Override(17, "09:00-11:00"),
        ),
    ),
    Person(
        name="Naomi Feldstein",
        kind="psychotherapist",
        title="Marriage and family therapist",
        place="Brooklyn",
        country="US",
        zone="America/New_York",
        permitted=("US-NY", "US-NJ"),
        languages=(("en", "native"), ("es", "fluent")),
        main_topics=("couples-in-crisis", "parenting-stress"),
        other_topics=("communication", "trust-after-infidelity", "co-parenting", "anger"),
        approaches=("Gottman-informed", "Systemic"),
        formats=("video", "in_person"),
        couple_stance="no_secrets",
        headline="You don’t need fewer fights. You need better endings to them.",
        best_at=(
            "Couples who love each other and are awful to each other by eight in the evening. Parents of under-fives."
        ),
        not_right_for="Fear of a partner, or a decision to leave that one of you has already made and not said.",
        about=(
            (
                "I timed it once for a lecture: the couples in my office decide within three minutes how a "
                "disagreement will go. The first sentence does most of it. So we work on first sentences, like "
                "musicians on an entrance. It sounds small. It changes the whole evening."
            ),
            (
                "Some of what I use is well researched and I’ll tell you which part. Repair, for example: what "
                "you do in the hour after you were unfair counts for more than how you argued. We practise it in "
                "the room, with me as the interruption, until you can interrupt yourselves."
            ),
            (
                "I see both of you, in English or Spanish, and I keep no secrets between you. Each of you gets "
                "one conversation alone with me at the beginning, with the same questions, and one of them is "
                "whether you feel safe."
            ),
        ),
        first_session="You have a small disagreement in front of me, on purpose. I’ll stop you a lot.",
        training=(
            "Master in marriage and family therapy, New York; level three training in a research-based couple method."
        ),
        years=16,
        supervision="Consultation group, twice a month",
        paper=Paper("New York and New Jersey licence", "DEMO-NY-002218", 480),
        currency="USD",
        prices=(9500, 17500, 26000),
        hours=(
            Hours("mon tue thu", "10:00-14:00 16:00-20:00"),
            Hours("fri", "09:00-12:00"),
        ),
        overrides=(
            Override(11),
            Override(18, "16:00-18:00"),
        ),
        gap=15,
    ),
    Person(
        name="Marcus Bellamy",
        kind="coach",
        title="Relationship coach",
        place="Oakland",
        country="US",
        zone="America/Los_Angeles",
        languages=(("en", "native"),),
        main_topics=("dating-again", "friendship-and-loneliness"),
        other_topics=("separation-and-divorce", "anger", "self-esteem"),
        approaches=("Group process", "Solution-focused"),
        formats=("video", "phone"),
        couple_stance=None,
        headline="Divorced, decent, and out of practice. I was, too.",
        best_at="Men after a divorce who have a lot of colleagues and no friend to call. First dates at fifty.",
        not_right_for=(
            "Depression, drinking that worries you, or trauma. A coach isn’t a therapist, and I’ll say which one "
            "you need."
        ),
        about=(
            (
                "When my marriage ended I discovered that all our friends had been hers. I ran a company, and I "
                "ate dinner standing up. A neighbour invited me to a men’s group in a church basement, with bad "
                "coffee, and it was the first place in years where somebody asked a second question."
            ),
            (
                "I lead groups like that now, and I coach people one to one. We do practical things: how to write "
                "to a friend after four years of silence, what to say on a first date instead of your whole "
                "story, how to be alone on a Saturday without it being a verdict."
            ),
            (
                "I’m a coach. I don’t diagnose or treat illness. If I hear something that a doctor or therapist "
                "should hear, I’ll tell you the same day."
            ),
        ),
        first_session="We list the people in your life on one page. Then we choose one to call.",
        training="Certified coach, 250 hours; group facilitation training.",
        years=8,
        supervision="Mentor coach, monthly",
        paper=Paper("International coaching certificate", "DEMO-CC-5519", 560, "certificate"),
        currency="USD",
        prices=(7000, 12000, 18000),
        hours=(
            Hours("mon tue wed thu", "12:00-20:30"),
            Hours("mon wed sun", "17:00-20:00", "consult"),
        ),
        overrides=(
            Override(7, "17:00-20:30"),
            Override(20),
        ),
    ),
)
