"""The page about information and the terms say what the rooms of money keep, and what happens with money."""

from practice.accounts import holdings

# Of each kind of thing that these rooms keep about people, the words by which the page names it.
NAMED = {
    "orders": "What you bought, paid and got back",
    "earnings": "what was earned and paid out",
    "payouts": "what was earned and paid out",
    "payout_account": "payout account",
    "invoices": "Receipts and invoices",
    "invoices_of_practice": "Receipts and invoices",
    "invoice_details": "with your name and address",
    "tax_profiles": "how they are taxed",
    "disputes": "What you say was wrong with a session",
    "disputes_in_practice": "what the specialist says",
    "safety_cases": "unless it is about conduct",
}
ROOMS = ("practice.payments", "practice.invoices", "practice.disputes")


def test_everything_that_the_rooms_of_money_keep_about_people_is_named(client):
    kept = {each.name for each in holdings.records() if each.tell.__module__.startswith(ROOMS)}
    page = client.get("/privacy").text

    assert kept == set(NAMED)
    assert [words for words in NAMED.values() if words not in page] == []
    assert "no payment data" not in page


def test_who_takes_the_money_is_named_and_what_comes_back_is_told(client):
    assert "Stripe, our payment partner" in client.get("/privacy").text
    terms = client.get("/terms").text

    for words in ("how much comes back if you cancel", "If the specialist cancels", "goes back to your card by itself"):
        assert words in terms
