//! Hosts and settings for the suite.

use server::{
    demo::{Demo, DemoBuilder, Directions},
    framework::Framework,
};

/// A host on a framework, with some directions enabled.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setup {
    framework: &'static dyn Framework,
    on: Directions,
}

impl Setup {
    pub(crate) fn new(framework: &'static dyn Framework, on: Directions) -> Self {
        Self { framework, on }
    }

    pub(crate) fn framework(self) -> &'static dyn Framework {
        self.framework
    }

    pub(crate) async fn stage(self) -> Demo {
        self.setting().start().await.unwrap()
    }

    /// Returns settings for a test that changes them before the host starts.
    pub(crate) fn setting(self) -> DemoBuilder {
        DemoBuilder::new(self.framework).with(move |account| {
            account.assessments.take_if(|_| !self.on.assessments);
            account.push.take_if(|_| !self.on.push);
            account.sync.take_if(|_| !self.on.sync);
        })
    }
}

pub(crate) const ALL: Directions = Directions {
    assessments: true,
    push: true,
    sync: true,
};

pub(crate) const ASSESSMENTS: Directions = Directions {
    push: false,
    sync: false,
    ..ALL
};

pub(crate) const PUSH: Directions = Directions {
    assessments: false,
    sync: false,
    ..ALL
};

pub(crate) const WITHOUT_SYNC: Directions = Directions { sync: false, ..ALL };
