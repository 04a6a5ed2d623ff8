"""The fit room: what two people decide, each for themself, after a free consultation; suggestions of colleagues."""
