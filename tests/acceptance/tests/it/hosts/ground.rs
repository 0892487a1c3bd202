//! What a check of the suite runs on.

use server::{
    demo::{Directions, Setting, Stage},
    framework::Framework,
};

/// A host on some framework, with some directions switched on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ground {
    framework: &'static dyn Framework,
    on: Directions,
}

impl Ground {
    pub(crate) fn new(framework: &'static dyn Framework, on: Directions) -> Self {
        Self { framework, on }
    }

    pub(crate) fn framework(self) -> &'static dyn Framework {
        self.framework
    }

    pub(crate) async fn stage(self) -> Stage {
        self.setting().set().await.unwrap()
    }

    /// For a check that changes something first.
    pub(crate) fn setting(self) -> Setting {
        Setting::on(self.framework).with(move |account| {
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
