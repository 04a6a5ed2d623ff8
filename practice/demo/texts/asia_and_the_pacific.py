"""This file knows the invented specialists of Asia and the Pacific."""

from practice.demo.shapes import Hours, Override, Paper, Person

PEOPLE = (
    Person(
        name="Priya Raman",
        kind="counsellor",
        title="Counsellor",
        place="Chennai",
        country="IN",
        zone="Asia/Kolkata",
        languages=(("ta", "native"), ("hi", "fluent"), ("en", "fluent")),
        main_topics=("boundaries", "family-conflict"),
        other_topics=("in-laws", "identity-and-belonging", "anxiety", "burnout-and-work-stress"),
        approaches=("Systemic",),
        formats=("video", "phone", "chat"),
        couple_stance="individual_only",
        headline="You can say no to your family and still belong to it.",
        best_at=(
            "Family pressure about marriage, work or where to live. Saying no once, kindly, without a week of guilt."
        ),
        not_right_for=(
            "Breaking with your family as a first step. Sometimes it’s right, and then I’d rather you had more "
            "support than me."
        ),
        about=(
            (
                "My clients often begin with: my parents are good people. I believe them. It’s the reason that "
                "this is hard. A boundary against somebody cruel needs courage; a boundary against somebody who "
                "cooks for you needs skill."
            ),
            (
                "I think in systems. If you stop being the one who drives everyone to the airport, somebody else "
                "will be annoyed, and somebody will quietly be relieved. We look at that before you say anything, "
                "so that you’re not surprised into taking it back. Then we find your sentence. It’s usually "
                "shorter than you expect."
            ),
            (
                "I work in Tamil, Hindi and English, and I have early hours for people abroad who’d rather speak "
                "before the house wakes up."
            ),
        ),
        first_session=("You tell me about the last time you said yes and meant no. We look at who would have noticed."),
        training="Master in counselling psychology, Chennai; certificate in systemic practice.",
        years=11,
        supervision="Supervision, monthly",
        paper=Paper("Indian counsellors’ association", "DEMO-IN-3391", 310),
        currency="INR",
        prices=(100000, 180000, 270000),
        hours=(
            Hours("mon tue wed thu fri", "07:30-11:00"),
            Hours("tue thu", "17:30-21:00"),
        ),
        overrides=(
            Override(7),
            Override(18, "17:30-20:00"),
        ),
        weekly_consults=8,
    ),
    Person(
        name="Yuki Tanabe",
        kind="psychologist",
        title="Clinical psychologist",
        place="Sendai",
        country="JP",
        zone="Asia/Tokyo",
        languages=(("ja", "native"), ("en", "fluent")),
        main_topics=("burnout-and-work-stress", "self-esteem"),
        other_topics=("sleep", "low-mood", "attachment-patterns"),
        approaches=("Schema",),
        formats=("video", "chat"),
        couple_stance=None,
        headline="You may stop being useful for an hour.",
        best_at="Burnout in people who are praised for it. The voice that says you haven’t done enough.",
        not_right_for="Urgent help, or changing a workplace. I can help you to decide whether to stay in it.",
        about=(
            (
                "In my language there is a word for dying of overwork. There’s none, as far as I know, for "
                "recovering from it. The people I see have usually been told to rest. They lie down and hear a "
                "voice that counts what isn’t being done."
            ),
            (
                "Schema therapy gives that voice an age and an address. Often it belongs to a child who found out "
                "that good marks made the house quiet. We don’t scold it. We let it hear something else, slowly, "
                "and in the week between our meetings you try one small act of not being useful."
            ),
            (
                "Silence is welcome. If you’d rather write, I offer chat, and I answer in the same hour that "
                "you’ve booked."
            ),
        ),
        first_session="I ask about an ordinary day and about who taught you to work. You may take your time.",
        training="Master in clinical psychology, Sendai; training in schema therapy.",
        years=13,
        supervision="Individual supervision, monthly",
        paper=Paper("Japanese certificate of clinical psychology", "DEMO-JP-24406", 520),
        currency="JPY",
        prices=(5500, 9000, 13500),
        hours=(
            Hours("mon wed fri", "10:00-13:00 18:00-21:00"),
            Hours("sat", "10:00-13:00"),
        ),
        overrides=(
            Override(9),
            Override(23, "18:00-20:00"),
        ),
    ),
    Person(
        name="Aroha Tamihana",
        kind="counsellor",
        title="Family counsellor",
        place="Hamilton",
        country="NZ",
        zone="Pacific/Auckland",
        languages=(("en", "native"), ("mi", "fluent")),
        main_topics=("family-conflict", "caring-for-relatives"),
        other_topics=("parenting-stress", "grief-and-loss", "co-parenting"),
        approaches=("Narrative", "Systemic"),
        formats=("video", "phone", "in_person"),
        couple_stance="no_secrets",
        headline="The problem is the problem. The people around it are your whānau.",
        best_at=("Families where everyone has a story about the same night. Bringing an aunty into the conversation."),
        not_right_for="One person who wants the rest of the family put right without being in the room.",
        about=(
            (
                "Kia ora. I was raised by my nan and four uncles, and I learned early that there are at least "
                "five true versions of any event. My work is to make room for more than one at a time."
            ),
            (
                "I don’t ask what’s wrong with your family. I ask what’s been bothering it, how long that has "
                "been hanging about, who has been able to stand up to it, even for an afternoon. When a trouble "
                "gets a name of its own, people stop being the trouble. You can bring whoever matters: a partner, "
                "a teenager, a cousin on a phone propped against the sugar."
            ),
            (
                "Mornings in Aotearoa are the evening before in Europe, so I have a few families who are spread "
                "across the world. We make it work."
            ),
        ),
        first_session="Who’s here, who’s missing, and what would the missing one say? We begin with that.",
        training="Bachelor in counselling, Hamilton; narrative family therapy training.",
        years=18,
        supervision="Cultural and clinical supervision, monthly",
        paper=Paper("New Zealand association of counsellors", "DEMO-NZ-881", 450),
        currency="NZD",
        prices=(8000, 14000, 21000),
        hours=(
            Hours("mon tue wed", "08:00-12:00 13:00-16:00"),
            Hours("thu", "12:00-20:00"),
        ),
        overrides=(
            Override(12),
            Override(19, "08:00-10:00"),
        ),
    ),
    Person(
        name="Mei-Ling Chua",
        kind="coach",
        title="Relationship coach",
        place="Singapore",
        country="SG",
        zone="Asia/Singapore",
        languages=(("en", "native"), ("zh", "native"), ("ms", "good")),
        main_topics=("communication", "in-laws"),
        other_topics=("mutual-support", "preparing-for-marriage", "boundaries", "intercultural-couples"),
        approaches=("Solution-focused",),
        formats=("video", "phone", "chat"),
        couple_stance="no_secrets",
        headline="Something in your relationship works already. Let’s do more of that.",
        best_at="Busy couples with one evening a week. Living with, near or under the eyes of parents-in-law.",
        not_right_for=(
            "Long explorations of the past, and anything that needs treatment. I’m a coach and I’ll point you on."
        ),
        about=(
            (
                "I used to be a project manager, and I’ll admit that I once made a spreadsheet for my "
                "mother-in-law’s visit. It didn’t help. What helped was noticing that the two of us got on well "
                "whenever we cooked. So we cooked."
            ),
            (
                "Solution-focused work is a little like that. We don’t begin with what’s broken. We look for the "
                "evening last month that went well, and we take it apart: who spoke first, what was on the table, "
                "who had slept. There are nearly always two or three things in it that you can do again on "
                "purpose."
            ),
            (
                "People come for four to six conversations. If you’re not better off after three, I’ll be the "
                "first to say so, and I’ll name two people who might suit you more."
            ),
        ),
        first_session=(
            "On a scale from nought to ten, where are you now, and why not lower? You’d be surprised how much is "
            "already there."
        ),
        training="Certified coach; advanced certificate in solution-focused practice.",
        years=9,
        supervision="Mentor coach, monthly",
        paper=Paper("Singapore coaching certificate", "DEMO-SG-4102", 395, "certificate"),
        currency="SGD",
        prices=(9000, 16000, 24000),
        hours=(
            Hours("mon tue wed thu fri", "10:00-13:00 15:00-19:00"),
            Hours("mon tue wed thu fri", "12:00-14:00 20:00-22:00", "consult"),
        ),
        overrides=(
            Override(8, "15:00-17:00"),
            Override(22),
        ),
        weekly_consults=10,
    ),
    Person(
        name="Bishnu Gurung",
        kind="counsellor",
        title="Counsellor",
        place="Pokhara",
        country="NP",
        zone="Asia/Kathmandu",
        languages=(("ne", "native"), ("hi", "fluent"), ("en", "good")),
        main_topics=("long-distance", "life-transitions"),
        other_topics=("friendship-and-loneliness", "money-together", "low-mood"),
        approaches=("Mindfulness-based",),
        formats=("video", "phone", "chat"),
        couple_stance="limited_secrets",
        headline="Half of my village works abroad. I know what the phone can and can’t carry.",
        best_at="Couples and families in two countries. People who send money home and come home as guests.",
        not_right_for=(
            "Problems with an employer or a visa. I know two good organisations and will give you their numbers."
        ),
        about=(
            (
                "My brother worked in Doha for fourteen years. He called every Friday, and every Friday we said "
                "that everything was fine, on both sides. When he returned we had to get to know each other from "
                "the beginning. I became a counsellor partly because of those Fridays."
            ),
            (
                "I help people say a little more on the phone. What you ate, what frightened you, what you bought "
                "and didn’t need. We also work on the body, with short exercises for the night shift or a shared "
                "room, because loneliness sits in the shoulders before it reaches the head."
            ),
            (
                "My hours on Friday run past midnight for those in the Gulf who are free then. Price shouldn’t be "
                "the reason to stay silent; ask me."
            ),
        ),
        first_session="Tell me about your last call home. What did you leave out?",
        training="Diploma in psychosocial counselling, Pokhara; mindfulness teacher training.",
        years=8,
        supervision="Group supervision, monthly",
        paper=Paper("Nepali counsellors’ network", "DEMO-NP-203", 365),
        currency="USD",
        prices=(1200, 2000, 3000),
        hours=(
            Hours("mon tue wed thu", "07:15-10:15 16:15-19:15"),
            Hours("fri", "21:00-25:00"),
        ),
        overrides=(
            Override(6),
            Override(14, "16:15-18:15"),
        ),
        weekly_consults=8,
    ),
)
