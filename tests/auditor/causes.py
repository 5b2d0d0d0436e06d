"""What a run of effects answers, and what has to be among them."""


class Cause:
    """An event, a decision, or the timers due before an event."""

    def __init__(self, kind, fields=None):
        self.kind = kind
        self.fields = fields
        self.action = None
        self.boarding = []
        self.verdict = None
        self.aircraft = fields.optional_name("aircraft") if fields is not None else None
        self.wanted = []      # (effect kind, aircraft) that must follow
        self.grounds = []     # (rule, aircraft) of excursions that there are grounds for
        self.excursions = []  # (rule, aircraft) of those recorded
        self.overfilled = None  # vertiport that may have lost stands to it

    def is_event(self, kind, aircraft=None):
        """Whether it is that event (of that aircraft)."""
        return self.kind == kind and (aircraft is None or self.aircraft == aircraft)

    def is_decision(self, aircraft):
        """Whether it is an accepted decision of that aircraft."""
        return self.kind == "decision" and self.aircraft == aircraft

    def expect_excursion(self, rule, aircraft):
        """The effects have to record an excursion, before or after what is the ground for it."""
        self.grounds.append((rule, aircraft))

    def want(self, effect, aircraft):
        """The effects have to hold this one."""
        self.wanted.append((effect, aircraft))

    def answered(self, effect, aircraft):
        """An effect of that kind has come."""
        if (effect, aircraft) in self.wanted:
            self.wanted.remove((effect, aircraft))

    def end(self, findings):
        """All effects have been read: none is missing, no excursion is without grounds."""
        for effect, aircraft in self.wanted:
            findings.fail("missing", "{} of {} has no effect {}", self.kind, aircraft or "", effect)
        for ground in self.grounds:
            if ground in self.excursions:
                self.excursions.remove(ground)
            else:
                findings.fail("missing", "no excursion of {} is recorded for {}", *ground)
        for rule, aircraft in self.excursions:
            findings.fail("excursion", "{} is recorded for {}, without grounds", rule, aircraft)
        self.wanted, self.grounds, self.excursions = [], [], []
