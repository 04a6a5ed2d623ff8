"""This file knows the invented specialists of Africa and the Gulf."""

from practice.demo.shapes import Hours, Override, Paper, Person

PEOPLE = (
    Person(
        name="Amara Osei-Boateng",
        kind="coach",
        title="Relationship coach",
        place="Accra",
        country="GH",
        zone="Africa/Accra",
        languages=(("en", "native"), ("tw", "native")),
        main_topics=("mutual-support", "communication"),
        other_topics=("boundaries", "money-together", "parenting-stress"),
        approaches=("Strengths-based",),
        formats=("video", "phone", "chat"),
        couple_stance="no_secrets",
        headline="Somebody started counting. Let’s find out why, and put the ledger away.",
        best_at="Couples and flatmates who share a home and not the work in it. Asking for help without a speech.",
        not_right_for="Illness, trauma or fear at home. I’m a coach, and these need a different training.",
        about=(
            (
                "In my grandmother’s compound there were eleven people and one broom, and no one ever discussed "
                "fairness. Everyone saw what needed doing. When I moved in with my husband, in a flat with two "
                "brooms, we argued about fairness every week. I’ve been interested in the difference ever since."
            ),
            (
                "Keeping score usually begins for a good reason: somebody was tired and nobody noticed. I help "
                "people notice again. We look at what each of you does well and likes, what neither of you can "
                "stand, and what could be left undone. Then we practise asking, with a real chance to say no."
            ),
            (
                "I host small groups as well, on Wednesday evenings, Accra time. Some people find it easier to "
                "start by listening."
            ),
        ),
        first_session="You each write down what you did yesterday that the other didn’t see. Then you swap.",
        training="Certified relationship coach; degree in community development.",
        years=10,
        supervision="Mentor coach, monthly",
        paper=Paper("West African coaching certificate", "DEMO-GH-140", 430, "certificate"),
        currency="USD",
        prices=(2800, 4500, 6800),
        hours=(
            Hours("mon tue wed thu", "09:00-13:00 15:00-19:00"),
            Hours("tue thu sat", "09:00-12:00", "consult"),
        ),
        overrides=(
            Override(6),
            Override(16, "15:00-17:00"),
        ),
        weekly_consults=8,
    ),
    Person(
        name="Leila Haddad-Noor",
        kind="psychologist",
        title="Psychologist",
        place="Dubai",
        country="AE",
        zone="Asia/Dubai",
        languages=(("ar", "native"), ("fr", "fluent"), ("en", "fluent")),
        main_topics=("intercultural-couples", "anxiety"),
        other_topics=("in-laws", "identity-and-belonging", "panic"),
        approaches=("Cognitive-behavioural",),
        formats=("video",),
        couple_stance="limited_secrets",
        offers_consult=False,
        headline="Two languages at one table, and a third in the argument. أهلاً وسهلاً",
        best_at=(
            "Couples from two cultures deciding which customs are theirs. Worry in people who moved far from home."
        ),
        not_right_for="Questions of religious or family law. I can stand beside you while you ask those who know.",
        about=(
            (
                "I was born in Beirut, studied in Lyon and live in Dubai, and I have been the foreign "
                "daughter-in-law myself. I know the dinner at which everyone is kind and you understand half."
            ),
            (
                "With couples I make a list that many find strange at first: what did your family do when "
                "somebody was ill, in debt, late, angry? Nobody is wrong on that list. It shows that what looks "
                "like coldness or control is often a custom that nobody has explained. After that we decide what "
                "the two of you would like to do in your own home."
            ),
            (
                "With one person I work in the cognitive tradition, mostly on worry. أتحدث معك بالعربية أو "
                "الفرنسية أو الإنجليزية، كما ترتاح. You may change language in the middle of a sentence; I do."
            ),
        ),
        first_session=(
            "We draw two family tables and one future one. It takes the whole time and usually a few surprises."
        ),
        training="Master in clinical psychology, Lyon; certified in cognitive behavioural therapy.",
        years=12,
        supervision="Individual supervision, monthly",
        paper=Paper("Dubai health licence for psychologists", "DEMO-AE-6621", 240),
        currency="AED",
        prices=(21000, 38000, 57000),
        hours=(Hours("mon tue wed thu", "10:00-14:00 17:00-20:00"),),
        overrides=(
            Override(8),
            Override(15, "10:00-12:00"),
        ),
        weekly_consults=None,
    ),
    Person(
        name="Chidinma Eze",
        kind="coach",
        title="Pre-marriage coach",
        place="Enugu",
        country="NG",
        zone="Africa/Lagos",
        languages=(("en", "native"), ("ig", "native")),
        main_topics=("preparing-for-marriage", "money-together"),
        other_topics=("in-laws", "communication", "long-distance"),
        approaches=("Values-based",),
        formats=("video", "phone"),
        couple_stance="no_secrets",
        headline="The wedding takes a day. Let’s talk about the Monday after it.",
        best_at=(
            "Engaged couples who agree on everything because they haven’t asked yet. Money, children, parents, "
            "faith, work."
        ),
        not_right_for=(
            "Convincing a partner who doesn’t want to marry. And anything that needs a therapist; I’ll tell you."
        ),
        about=(
            (
                "I planned weddings for nine years. I could tell you at the cake tasting which couples would be "
                "all right, and it had nothing to do with the cake. The ones who could disagree about it and "
                "still hold hands were fine."
            ),
            (
                "Now I ask the questions before the hall is booked. Who pays for your brother’s school fees? "
                "Whose name is on the land? What happens if a child doesn’t come? It’s six conversations, with "
                "one theme each, and homework that fits in a walk. You keep a notebook of what you agreed, and of "
                "what you agreed to leave open."
            ),
            (
                "It’s coaching, not therapy. Some couples decide to wait, and a few decide against it. I count "
                "those as good work."
            ),
        ),
        first_session=(
            "Each of you answers twenty short questions alone. We only discuss the three where you differ most."
        ),
        training="Certified pre-marriage coach; diploma in business administration.",
        years=7,
        supervision="Mentor coach, every six weeks",
        paper=Paper("Nigerian coaching certificate", "DEMO-NG-2075", 500, "certificate"),
        currency="USD",
        prices=(2000, 3500, 5200),
        hours=(
            Hours("tue wed thu", "10:00-13:00 16:00-20:00"),
            Hours("sat", "10:00-15:00"),
        ),
        overrides=(
            Override(10, "16:00-18:00"),
            Override(21),
        ),
        weekly_consults=8,
    ),
)
