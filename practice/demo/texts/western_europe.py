"""This file knows the invented specialists of western Europe."""

from practice.demo.shapes import Hours, Override, Paper, Person

PEOPLE = (
    Person(
        name="Ilse Vandermeer",
        kind="psychologist",
        title="Psychologist",
        place="Utrecht",
        country="NL",
        zone="Europe/Amsterdam",
        languages=(("nl", "native"), ("en", "fluent"), ("de", "good")),
        main_topics=("communication", "attachment-patterns", "couples-in-crisis"),
        other_topics=("trust-after-infidelity", "intimacy-and-desire", "anxiety"),
        approaches=("Emotionally focused", "Attachment-based"),
        formats=("video", "in_person"),
        couple_stance="limited_secrets",
        headline="Under most arguments there is one question: are you there for me?",
        best_at=(
            "Slowing a quarrel down until both of you can hear what it is about. Couples where one follows and "
            "the other leaves the room."
        ),
        not_right_for=(
            "Violence or fear at home, or an affair that is going on now and is meant to stay secret. I’ll help "
            "you find somebody who is."
        ),
        about=(
            (
                "Two people sit in front of me and one of them says: we only argue about the dishwasher. I have "
                "worked with couples in Utrecht for seventeen years and I have never met a dishwasher that could "
                "do so much damage. Something else is being asked, and it is being asked badly, because asking it "
                "well feels dangerous."
            ),
            (
                "I work in the emotionally focused tradition. That means I’m less interested in who is right than "
                "in the pattern the two of you are caught in, and in the moment when one of you goes quiet. We "
                "look at that moment slowly. It’s not comfortable, and I won’t let it become unkind."
            ),
            (
                "What you tell me alone I treat as limited: I may keep something to myself for a while, and I’ll "
                "tell you when I think your partner needs to hear it from you. We talk about that rule before we "
                "start."
            ),
        ),
        first_session=(
            "We draw your argument on paper, step by step, and give it a name. Most couples leave with one thing "
            "to try and one thing to stop."
        ),
        training="Master in clinical psychology; four-year training in emotionally focused couple therapy.",
        years=17,
        supervision="Peer supervision group, every three weeks",
        paper=Paper("Dutch register of health psychologists", "DEMO-NL-4417", 610),
        currency="EUR",
        prices=(5500, 9500, 14500),
        hours=(
            Hours("mon tue thu", "09:00-12:30 13:30-17:30"),
            Hours("mon tue wed thu", "14:00-17:30", "consult"),
        ),
        overrides=(
            Override(8),
            Override(19, "09:00-12:00"),
        ),
    ),
    Person(
        name="Tomás Oliveira",
        kind="psychologist",
        title="Psychologist",
        place="Porto",
        country="PT",
        zone="Europe/Lisbon",
        languages=(("pt", "native"), ("en", "fluent"), ("es", "fluent")),
        main_topics=("anxiety", "burnout-and-work-stress"),
        other_topics=("sleep", "panic", "life-transitions"),
        approaches=("Acceptance and commitment", "Mindfulness-based"),
        formats=("video", "phone", "chat"),
        couple_stance=None,
        headline="Worry is loud. We can stop obeying it without having to win the argument.",
        best_at="People who function well, sleep badly and can’t remember when they last had a free thought.",
        not_right_for="A crisis that needs somebody today, or couples. I work with one person at a time.",
        about=(
            (
                "Before I studied psychology I was a sound engineer. It taught me something I still use: you "
                "rarely get rid of a noise by turning everything else up. You find out where it comes from, and "
                "you decide how much of the room it may have."
            ),
            (
                "The people I see are often good at their jobs and worn out by them. They have read the books "
                "about stress. What they haven’t had is a quiet half hour in which somebody asks what all the "
                "effort is for. We start there, and then we look at what worry makes you avoid: a phone call, a "
                "Sunday evening, a talk with your manager."
            ),
            (
                "I answer messages the same day on weekdays. If a different kind of help would suit you better, a "
                "doctor or a longer therapy, I’ll say so in the first conversation."
            ),
        ),
        first_session=(
            "You tell me about an ordinary Tuesday, hour by hour. It shows more than a list of symptoms, and we "
            "pick one hour to change."
        ),
        training="Master in clinical and health psychology, Porto; certified in acceptance and commitment therapy.",
        years=9,
        supervision="Individual supervision, monthly",
        paper=Paper("Portuguese order of psychologists", "DEMO-PT-20931", 420),
        currency="EUR",
        prices=(3500, 6000, 9000),
        hours=(Hours("mon tue wed thu fri", "08:30-12:00 14:00-18:30"),),
        overrides=(
            Override(6, "14:00-18:30"),
            Override(21),
        ),
        weekly_consults=8,
    ),
    Person(
        name="Joaquín Ferrer Mas",
        kind="psychologist",
        title="Psychologist, sex counselling",
        place="Valencia",
        country="ES",
        zone="Europe/Madrid",
        languages=(("es", "native"), ("ca", "native"), ("en", "fluent")),
        main_topics=("intimacy-and-desire", "communication"),
        other_topics=("attachment-patterns", "self-esteem", "trust-after-infidelity"),
        approaches=("Sensate-focus informed", "Cognitive-behavioural"),
        formats=("video",),
        couple_stance="no_secrets",
        offers_consult=False,
        headline="Two people rarely want the same thing at the same hour. That isn’t a fault.",
        best_at="Couples where one wants more and the other feels watched. Talking about bodies in ordinary words.",
        not_right_for=(
            "Coercion of any kind, or questions that need a doctor first. I’ll ask about both before we begin."
        ),
        about=(
            (
                "Most of my work is translation. One person says “we never do it any more” and means “I don’t "
                "know if you still choose me”. The other says “you always want it” and means “I’m afraid that a "
                "hug is an invoice”. Once each has been heard in plain words, there’s often more room than they "
                "thought."
            ),
            (
                "Let me say what this is and isn’t. It’s conversation, and exercises that you do at home, dressed "
                "or not, alone or together, as you decide. Nothing physical ever happens in a meeting, cameras "
                "show faces, and you can stop any topic with one word. Pain, sudden changes and side effects of "
                "medicine go to a doctor first, and I’ll tell you when."
            ),
            (
                "With couples I keep no secrets. If you tell me something alone that concerns the other person, "
                "I’ll help you say it, or we’ll end the couple work honestly."
            ),
        ),
        first_session=(
            "Each of you answers the same five questions, first apart and then together. No details are needed on "
            "the first day."
        ),
        training="Degree in psychology, Valencia; master in sexology and couple therapy.",
        years=11,
        supervision="Case supervision, monthly",
        paper=Paper("Valencian college of psychologists", "DEMO-ES-1529", 210),
        currency="EUR",
        prices=(4000, 7000, 10500),
        hours=(Hours("mon tue wed thu", "10:00-13:30 16:00-20:00"),),
        overrides=(
            Override(12),
            Override(18, "16:00-20:00"),
        ),
        weekly_consults=None,
    ),
    Person(
        name="Lucie Charpentier",
        kind="psychologist",
        title="Psychologist",
        place="Nantes",
        country="FR",
        zone="Europe/Paris",
        languages=(("fr", "native"), ("en", "fluent")),
        main_topics=("neurodivergence", "communication"),
        other_topics=("parenting-stress", "self-esteem", "mutual-support", "burnout-and-work-stress"),
        approaches=("Psycho-education", "Solution-focused"),
        formats=("video", "chat"),
        couple_stance="no_secrets",
        headline="“You never listen” may be a matter of attention, not of love.",
        best_at=(
            "Couples where one or both have ADHD or are autistic, diagnosed or not, and the calendar has become a "
            "battlefield."
        ),
        not_right_for="A formal diagnosis; I don’t test. Also not for parents who want a child to be made quieter.",
        about=(
            (
                "My partner found out at forty-one that he has ADHD. We laughed, and then we spent a year "
                "rewriting the story of our marriage: the forgotten birthdays, the late trains, my lists, his "
                "shame about my lists. I was already a psychologist. I had no idea."
            ),
            (
                "I explain a lot. How attention works, why a loud kitchen can end a conversation, why “a quick "
                "question” isn’t quick for everyone. When both people understand the machinery, blame loses some "
                "of its grip, and we can build small things that hold: a shared board, a signal, a rule for the "
                "last hour of the evening."
            ),
            (
                "I offer chat because some people think better in writing. You may switch the camera off, walk "
                "about, or knit."
            ),
        ),
        first_session=(
            "You each tell me about one thing that works and one that doesn’t. I bring a drawing of how attention "
            "moves, and we put your week on it."
        ),
        training="Master in psychology, Nantes; university diploma in neurodevelopment in adults.",
        years=8,
        supervision="Peer group, monthly",
        paper=Paper("French health professions register", "DEMO-FR-44-2086", 330),
        currency="EUR",
        prices=(3800, 6500, 9800),
        hours=(
            Hours("mon tue thu", "09:00-12:00 13:30-17:00"),
            Hours("mon wed thu", "09:00-12:00", "consult"),
        ),
        overrides=(
            Override(7),
            Override(15, "13:30-19:00"),
        ),
    ),
)
