//! The input of a push: the assessment, Greenhouse's state and the settings.

/// A push. By default, a person who is not in Greenhouse is pushed manually to a mapped stage on
/// behalf of a Site Admin, with the scorecard as a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) person: Person,
    pub(crate) acting: Acting,
    /// If `true`, the account's trigger requests the push. Only a person retries the push.
    pub(crate) triggered: bool,
    /// If `true`, the job is mapped to a stage.
    pub(crate) staged: bool,
    /// If `true`, candidate and application are created in one request when the stage is known.
    pub(crate) stage_with_candidate: bool,
    /// If `true`, Greenhouse returns a new candidate without its application.
    pub(crate) flat: bool,
    /// Lag of lists, in seconds.
    pub(crate) lag: u32,
    /// If `true`, an existing application is moved to the mapped stage.
    pub(crate) moves: bool,
    pub(crate) card: Card,
    /// If `true`, custom fields of application and candidate are mapped.
    pub(crate) fields: bool,
    pub(crate) tags: bool,
    pub(crate) rule: Rule,
    /// Key of the custom field to which the status of the invitation's test is written. Nothing is
    /// pushed then.
    pub(crate) status: Option<&'static str>,
    /// The product has no report until this many seconds after the completion.
    pub(crate) report_after: u64,
}

/// Rule that applies to the score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    None,
    Advance,
    Reject,
    /// Like [`Advance`](Self::Advance), but in dry-run mode.
    DryRun,
}

/// Records of the person in Greenhouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Person {
    Unknown,
    /// A candidate without an application.
    Known,
    /// A candidate who has applied for the job.
    Applied,
    /// A candidate with another email address. The assessment was requested for their application.
    Invited,
    /// Another assessment of the person was pushed this many seconds ago.
    PushedBefore(u64),
}

/// User on whose behalf requests are made, and the users who can read lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Acting {
    SiteAdmin,
    /// No user is configured, so the credential's service user, a Site Admin, acts.
    Integration,
    /// A Job Admin who sees empty lists. The credential's service user sees everything.
    JobAdmin,
    /// A Job Admin who sees empty lists. The credential's service user does not see the person
    /// either.
    Blind,
    /// Like [`Blind`](Self::Blind), but lists are refused, not empty.
    Forbidden,
}

/// Support for scorecards in Greenhouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Card {
    /// The endpoint does not exist for this credential, and the job has no interview kit.
    Absent,
    /// The job has an interview kit with attributes, but writes are refused.
    Forbidden,
    /// The job has an interview kit with attributes, and writes work.
    Working,
}

impl Scenario {
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        let mut all = SCENARIOS.iter().chain(STATUS_SCENARIOS);
        all.find(|scenario| scenario.name == name)
    }

    /// Returns the number of assessments of the person that are pushed.
    pub(crate) fn assessments(&self) -> usize {
        match self.person {
            Person::PushedBefore(_) => 2,
            _ => 1,
        }
    }

    /// Returns `true` if the result of an invitation is written automatically.
    pub(crate) fn writes_invited_result(&self) -> bool {
        self.triggered && self.person == Person::Invited
    }

    /// Returns `true` if no user can determine that the person is not in Greenhouse. The push must
    /// then write nothing.
    pub(crate) fn is_blind(&self) -> bool {
        matches!(self.acting, Acting::Blind | Acting::Forbidden)
    }

    /// Returns `true` if the scenarios differ only in the last steps of a push, the scorecard and
    /// the fields.
    pub(crate) fn begins_as(&self, other: &Self) -> bool {
        let beginning = |scenario: &Self| Self {
            name: "",
            card: Card::Absent,
            fields: false,
            rule: Rule::None,
            ..*scenario
        };
        beginning(self) == beginning(other)
    }

    /// Returns `true` if the pushes of both scenarios are the same after the application exists.
    pub(crate) fn ends_as(&self, other: &Self) -> bool {
        let end = |scenario: &Self| {
            let own_way = matches!(scenario.person, Person::Invited | Person::PushedBefore(_));
            let end = Self {
                name: "",
                person: Person::Unknown,
                report_after: 0,
                staged: true,
                stage_with_candidate: true,
                flat: false,
                moves: false,
                ..*scenario
            };
            (own_way.then_some(scenario.person), end)
        };
        end(self) == end(other)
    }

    const fn new(name: &'static str) -> Self {
        Self {
            name,
            person: Person::Unknown,
            acting: Acting::SiteAdmin,
            triggered: false,
            staged: true,
            stage_with_candidate: true,
            flat: false,
            lag: 0,
            moves: false,
            card: Card::Absent,
            fields: false,
            tags: false,
            rule: Rule::None,
            status: None,
            report_after: 0,
        }
    }

    const fn of(self, person: Person) -> Self {
        Self { person, ..self }
    }

    const fn acting(self, acting: Acting) -> Self {
        Self { acting, ..self }
    }

    const fn triggered(self) -> Self {
        Self {
            triggered: true,
            ..self
        }
    }

    const fn without_stage(self) -> Self {
        Self {
            staged: false,
            ..self
        }
    }

    const fn in_two_requests(self) -> Self {
        Self {
            stage_with_candidate: false,
            ..self
        }
    }

    const fn flat(self) -> Self {
        Self { flat: true, ..self }
    }

    const fn lagging(self, lag: u32) -> Self {
        Self { lag, ..self }
    }

    const fn moving(self) -> Self {
        Self {
            moves: true,
            ..self
        }
    }

    const fn card(self, card: Card) -> Self {
        Self { card, ..self }
    }

    const fn fields(self) -> Self {
        Self {
            fields: true,
            ..self
        }
    }

    const fn tags(self) -> Self {
        Self { tags: true, ..self }
    }

    const fn rule(self, rule: Rule) -> Self {
        Self { rule, ..self }
    }

    const fn status(self, key: &'static str) -> Self {
        Self {
            status: Some(key),
            ..self
        }
    }

    const fn report_after(self, seconds: u64) -> Self {
        Self {
            report_after: seconds,
            ..self
        }
    }
}

pub(crate) const SCENARIOS: &[Scenario] = &[
    Scenario::new("at-a-stage"),
    Scenario::new("without-a-stage").without_stage(),
    Scenario::new("flat").flat(),
    Scenario::new("in-two-requests").in_two_requests(),
    Scenario::new("known").of(Person::Known),
    Scenario::new("applied").of(Person::Applied),
    Scenario::new("invited").of(Person::Invited),
    Scenario::new("invited-result")
        .of(Person::Invited)
        .triggered()
        .moving()
        .fields()
        .tags(),
    Scenario::new("pushed-before").of(Person::PushedBefore(0)),
    Scenario::new("pushed-long-before").of(Person::PushedBefore(7_200)),
    Scenario::new("triggered").triggered(),
    Scenario::new("integration").acting(Acting::Integration),
    Scenario::new("lagging").lagging(45),
    Scenario::new("lagging-without-a-stage")
        .without_stage()
        .lagging(20),
    Scenario::new("lagging-and-flat").flat().lagging(45),
    Scenario::new("lagging-in-two-requests")
        .in_two_requests()
        .lagging(45),
    Scenario::new("lagging-and-pushed-before")
        .of(Person::PushedBefore(0))
        .lagging(45),
    Scenario::new("job-admin").acting(Acting::JobAdmin),
    Scenario::new("job-admin-and-applied")
        .of(Person::Applied)
        .acting(Acting::JobAdmin),
    Scenario::new("blind").acting(Acting::Blind),
    Scenario::new("blind-and-applied")
        .of(Person::Applied)
        .acting(Acting::Blind),
    Scenario::new("forbidden").acting(Acting::Forbidden),
    Scenario::new("move-of-unknown").moving(),
    Scenario::new("move").of(Person::Applied).moving(),
    Scenario::new("move-lagging")
        .of(Person::Applied)
        .moving()
        .lagging(45),
    Scenario::new("scorecard").card(Card::Working),
    Scenario::new("scorecard-of-applied")
        .of(Person::Applied)
        .card(Card::Working),
    Scenario::new("scorecard-lagging")
        .card(Card::Working)
        .lagging(45),
    Scenario::new("scorecard-forbidden").card(Card::Forbidden),
    Scenario::new("fields").fields(),
    Scenario::new("fields-of-known").of(Person::Known).fields(),
    Scenario::new("fields-of-applied")
        .of(Person::Applied)
        .fields(),
    Scenario::new("fields-lagging")
        .of(Person::Applied)
        .fields()
        .lagging(45),
    Scenario::new("tags").tags(),
    Scenario::new("tags-of-applied").of(Person::Applied).tags(),
    Scenario::new("rule-advance").rule(Rule::Advance),
    Scenario::new("rule-reject").rule(Rule::Reject),
    Scenario::new("rule-dry-run").rule(Rule::DryRun),
    Scenario::new("rule-advance-lagging")
        .of(Person::Invited)
        .triggered()
        .rule(Rule::Advance)
        .lagging(45),
    Scenario::new("rule-reject-of-invited")
        .of(Person::Invited)
        .triggered()
        .rule(Rule::Reject),
    Scenario::new("report-late").report_after(240),
    Scenario::new("report-late-and-applied")
        .of(Person::Applied)
        .triggered()
        .report_after(240),
    // Longer than the time for which a push waits automatically.
    Scenario::new("report-too-late").report_after(1_500),
    Scenario::new("everything")
        .of(Person::Applied)
        .moving()
        .card(Card::Working)
        .fields()
        .tags(),
];
/// Writes of the status of a test to a custom field.
pub(crate) const STATUS_SCENARIOS: &[Scenario] = &[
    Scenario::new("status-text")
        .of(Person::Invited)
        .fields()
        .status("test_status"),
    Scenario::new("status-select")
        .of(Person::Invited)
        .acting(Acting::JobAdmin)
        .fields()
        .status("test_progress"),
    Scenario::new("status-lagging")
        .of(Person::Invited)
        .fields()
        .lagging(45)
        .status("test_status"),
];
