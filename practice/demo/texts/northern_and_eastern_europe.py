"""This file knows the invented specialists of northern and eastern Europe."""

from practice.demo.shapes import Hours, Override, Paper, Person

PEOPLE = (
    Person(
        name="Noah Lindqvist",
        kind="psychologist",
        title="Psychologist",
        place="Umeå",
        country="SE",
        zone="Europe/Stockholm",
        languages=(("sv", "native"), ("en", "fluent")),
        main_topics=("low-mood", "parenting-stress"),
        other_topics=("life-transitions", "self-esteem", "sleep"),
        approaches=("Compassion-focused",),
        formats=("video", "phone"),
        couple_stance=None,
        headline="For fathers who are tired, and for anyone whose winter doesn’t end in April.",
        best_at="Low mood in people who keep going anyway. New fathers who expected joy and got fog.",
        not_right_for=(
            "Thoughts of ending your life that are close to a plan. Please call the number on this page; I’m not "
            "reachable enough."
        ),
        about=(
            (
                "In the far north you learn that darkness is partly a matter of dates. Some heaviness lifts when "
                "the light returns. Some doesn’t, and then it’s worth talking to somebody."
            ),
            (
                "Many of the people I meet are fathers of small children. They love the child, they do the "
                "nights, and they feel nothing much, and they’re ashamed of that. Compassion-focused work sounds "
                "soft. In practice it’s a training in speaking to yourself the way you’d speak to a colleague who "
                "is having a hard month."
            ),
            (
                "I’m at home with my own second daughter at present, so my practice is closed for a while. My "
                "page stays here so that you know when I’ll be back."
            ),
        ),
        first_session=(
            "We look at sleep, food, light and company before we look at thoughts. It’s a plain list, and it matters."
        ),
        training="Master in psychology, Umeå; training in compassion-focused therapy.",
        years=10,
        supervision="Supervision, monthly",
        paper=Paper("Swedish licence for psychologists", "DEMO-SE-88120", 700),
        currency="SEK",
        prices=(65000, 110000, 165000),
        hours=(Hours("mon tue wed thu", "09:00-12:00 13:00-16:00"),),
        overrides=(
            Override(11),
            Override(25, "09:00-12:00"),
        ),
        state="paused",
        paused_for_days=45,
    ),
    Person(
        name="Hannah Weissbach",
        kind="psychotherapist",
        title="Systemic therapist",
        place="Leipzig",
        country="DE",
        zone="Europe/Berlin",
        languages=(("de", "native"), ("en", "fluent"), ("he", "good")),
        main_topics=("separation-and-divorce", "co-parenting"),
        other_topics=("family-conflict", "in-laws", "anger"),
        approaches=("Systemic", "Solution-focused"),
        formats=("video", "in_person"),
        couple_stance="no_secrets",
        headline="You stop being a couple. You don’t stop being somebody’s parents.",
        best_at=(
            "Separations with children in the middle. Agreements that still hold in February when everybody has "
            "the flu."
        ),
        not_right_for=(
            "Custody cases that are before a court now, and anyone who wants me to find that the other one is wrong."
        ),
        about=(
            (
                "I draw. Within ten minutes there’s a map on the table with everyone who has a say in your "
                "evening: the children, the grandparents, the new partner, the school, the dog. People look at it "
                "and say, ah, no wonder."
            ),
            (
                "A separation is a long piece of administration done by two people who are hurt. I help with "
                "both. We make agreements about handovers, holidays and who buys the winter boots, and we make "
                "room for the sentence that keeps getting in the way. Sometimes I see you together, sometimes one "
                "at a time, always with the other’s knowledge."
            ),
            (
                "My terms are firm: an hour that is cancelled late is paid. In return I start on time, I answer "
                "when I said I would, and I don’t move you for somebody else."
            ),
        ),
        first_session=(
            "A map of your family, one question from each of you, and an agreement about what we won’t discuss in "
            "front of the children."
        ),
        training="Diploma in social pedagogy; systemic therapy training, Leipzig; certified family mediator.",
        years=19,
        supervision="Intervision group and yearly external supervision",
        paper=Paper("German society for systemic therapy", "DEMO-DE-6603", 460),
        currency="EUR",
        prices=(5000, 9000, 13500),
        hours=(
            Hours("mon wed", "08:00-12:00 13:00-16:00"),
            Hours("tue thu", "12:00-19:30"),
        ),
        overrides=(
            Override(13),
            Override(20, "08:00-11:00"),
        ),
        gap=15,
    ),
    Person(
        name="Elena Marinescu",
        kind="psychologist",
        title="Psychologist",
        place="Cluj",
        country="RO",
        zone="Europe/Bucharest",
        languages=(("ro", "native"), ("en", "fluent"), ("it", "good")),
        main_topics=("panic", "anxiety"),
        other_topics=("sleep", "life-transitions"),
        approaches=("Cognitive-behavioural",),
        formats=("video",),
        couple_stance=None,
        headline="A panic attack is a false alarm. We can learn to hear it as one.",
        best_at="Panic, fear of illness, and the long list of places you’ve stopped going to.",
        not_right_for=(
            "Couples, or anyone who wants to understand their childhood first. I work with the present and with "
            "practice."
        ),
        about=(
            (
                "I had my first panic attack in a supermarket queue at twenty-three, with a basket of oranges. I "
                "left the oranges and didn’t go back to that shop for two years. I know how reasonable avoidance "
                "feels from the inside."
            ),
            (
                "The method I use has been studied for decades and it’s not mysterious. We find out what you’re "
                "afraid will happen, and then we go, in very small steps, to see whether it does. You’re never "
                "pushed. You’ll have homework, and it’ll be specific: the tram for two stops, on Thursday, with "
                "me reachable before and after."
            ),
            (
                "I’m new on this site, though not new to the work. If you’d like to know how I’d approach your "
                "situation, ask me in the free conversation."
            ),
        ),
        first_session=(
            "We write down the last attack minute by minute. You’ll see where the alarm begins, and that’s where "
            "we start."
        ),
        training="Master in clinical psychology, Cluj; four-year training in cognitive behavioural therapy.",
        years=6,
        supervision="Individual supervision, every two weeks",
        paper=Paper("Romanian college of psychologists", "DEMO-RO-1177", 380),
        currency="EUR",
        prices=(2500, 4000, 6000),
        hours=(
            Hours("mon tue wed thu fri", "10:00-14:00"),
            Hours("mon thu", "16:00-19:30"),
        ),
        overrides=(
            Override(5, "10:00-12:00"),
            Override(22),
        ),
        published_days_ago=4,
        weekly_consults=10,
    ),
    Person(
        name="Katarzyna Zielska",
        kind="psychotherapist",
        title="Psychotherapist",
        place="Gdańsk",
        country="PL",
        zone="Europe/Warsaw",
        languages=(("pl", "native"), ("en", "fluent")),
        main_topics=("trauma", "sleep"),
        other_topics=("anxiety", "grief-and-loss"),
        approaches=("EMDR-informed", "Trauma-informed"),
        formats=("video", "in_person"),
        couple_stance=None,
        offers_consult=False,
        headline="What happened is over. Your body hasn’t been told yet.",
        best_at=(
            "Nightmares, startle, and memories that arrive without knocking. Careful work in an order that makes sense."
        ),
        not_right_for="Danger that is still going on. Safety comes first, and then this work becomes possible.",
        about=(
            (
                "People expect that trauma therapy means telling the worst thing in the first hour. It doesn’t. "
                "For the first weeks we may not speak about it at all. We make sure that you can sleep a little, "
                "eat, come back to the room when you drift off, and that you have somebody to call."
            ),
            (
                "Only then do we touch the memory, for minutes at a time, and put it down again. I trained in "
                "EMDR and I use parts of it. I’ll explain each step, and you can say stop with your hand."
            ),
            (
                "My places are full at the moment, because this work is slow and I keep my week small. I open two "
                "new places each season and I write to those who have asked."
            ),
        ),
        first_session="We don’t talk about what happened. We find out what helps you feel that it’s now.",
        training="Psychotherapy training, Gdańsk; trauma training at level two.",
        years=15,
        supervision="Weekly supervision",
        paper=Paper("Polish association of psychotherapists", "DEMO-PL-905", 260),
        currency="PLN",
        prices=(13000, 23000, 34000),
        hours=(Hours("mon tue wed", "09:00-13:00"),),
        overrides=(
            Override(14),
            Override(28, "09:00-11:00"),
        ),
        weekly_consults=None,
    ),
    Person(
        name="Oleksandr Bondar",
        kind="psychologist",
        title="Psychologist",
        place="Lviv",
        country="UA",
        zone="Europe/Kyiv",
        languages=(("uk", "native"), ("en", "good")),
        main_topics=("trauma", "life-transitions"),
        other_topics=("anxiety", "grief-and-loss", "identity-and-belonging"),
        approaches=("Trauma-informed",),
        formats=("video", "phone", "chat"),
        couple_stance=None,
        headline="For people who had to leave, and for those who stayed.",
        best_at="Displacement, waiting, and the guilt of being somewhere safe while others aren’t.",
        not_right_for="Emergency help in an attack or right after one. I can point you to the teams who do that.",
        about=(
            (
                "Since 2022 I have talked with people in stairwells, in train carriages and in kitchens that "
                "weren’t theirs. What they ask is rarely about the war itself. They ask how to speak with a "
                "husband they see by video, what to tell a child about the flat, why they snap at people who mean "
                "well."
            ),
            (
                "I don’t promise that it’ll be as before. We look for what can be steady today: a routine, a "
                "person, a small task that’s yours. And we make room for mourning, also for things that sound "
                "small beside everything else."
            ),
            "My price is a sliding one. If it’s too high for you now, tell me and we’ll find another.",
        ),
        first_session="Where you are, who is with you, how you sleep. Then whatever you came to say.",
        training="Master in psychology, Lviv; training in trauma-informed care.",
        years=7,
        supervision="Group supervision with colleagues abroad, every two weeks",
        paper=Paper("Ukrainian register of psychologists", "DEMO-UA-3320", 410),
        currency="EUR",
        prices=(1500, 2500, 3800),
        hours=(
            Hours("mon wed fri", "11:00-15:00"),
            Hours("tue thu", "17:00-20:00"),
        ),
        overrides=(
            Override(9),
            Override(16, "11:00-13:00"),
        ),
        state="in_review",
        published_days_ago=2,
    ),
)
