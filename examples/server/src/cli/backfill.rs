mod progress;

use std::{sync::Arc, time::Duration};

use clap::Args;
use futures_util::future::join_all;
use greenhouse_core::{
    AccountId, Background, Clock,
    backfill::{BackfillRefusal, BackfillRequest, BackfillScope},
    store::{BackfillMode, BackfillState},
};
use greenhouse_harvest::{BackfillError, BackfillView, PushService};
use tokio::sync::watch;

use self::progress::{Progress, counted, skipped};
use super::{BoxError, ConfigFile, no_account};
use crate::{Host, HostEnvironment, Program, databases, serve::stop_signal};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    host: ConfigFile,
    /// Id of the account
    account: String,
    /// Number of days before now whose completions are considered
    #[arg(long, default_value_t = 30)]
    days: u32,
    /// Share of the rate limit in percent, at most 90. The rest is left for other pushes
    #[arg(long, default_value_t = 50)]
    share: u8,
    /// Consider only assessments that Greenhouse requested
    #[arg(long)]
    invited_only: bool,
    /// Push what was counted. Needs a count with the same days before
    #[arg(long, conflicts_with = "cancel")]
    run: bool,
    /// Cancel the unfinished backfill
    #[arg(long)]
    cancel: bool,
}

pub(super) async fn run(arguments: Arguments) -> Result<(), BoxError> {
    let config = arguments.host.read()?;
    let account = AccountId::parse(&arguments.account)?;
    let store = databases::open_existing(&config).await?;
    let known = greenhouse_core::store::Records::account(&store, &account).await?;
    store.close().await;
    if known.is_none() {
        return Err(no_account(&arguments.account));
    }
    let environment = HostEnvironment::from_config(&config)?;
    let (clock, push_config) = (Arc::clone(&environment.clock), config.push);
    let product = Arc::new(databases::open_existing_product(&config).await?);
    let host = Host::open_with_product(product, config, environment).await?;
    let push = PushService::builder(host.greenhouse().ports())
        .config(push_config)
        .build()?;
    let done = Backfilling {
        account,
        push,
        clock,
        background: host.background(),
    };
    let done = done.run(&arguments).await;
    host.close().await;
    done
}

struct Backfilling {
    account: AccountId,
    push: PushService,
    clock: Arc<dyn Clock>,
    background: Vec<Arc<dyn Background>>,
}

impl Backfilling {
    async fn run(&self, arguments: &Arguments) -> Result<(), BoxError> {
        if arguments.cancel {
            let view = self.push.cancel_backfill(&self.account).await;
            view.map_err(explain)?;
            println!("cancelled; started pushes still end");
            return Ok(());
        }
        let begun = self.begin(arguments).await.map_err(explain)?;
        if begun.counts.seen > 0 {
            println!(
                "continuing the unfinished backfill of {} days at {} % of the rate limit",
                begun.days, begun.share
            );
        }
        let (stop, stopped) = watch::channel(false);
        let loops = self
            .background
            .iter()
            .filter(|one| LOOPS.contains(&one.name()))
            .map(|one| drive(&**one, &*self.clock, stopped.clone()));
        let watching = async {
            let watched = self.watch().await;
            stop.send_replace(true);
            watched
        };
        let (ended, _) = tokio::join!(watching, join_all(loops));
        report(&ended?, arguments);
        Ok(())
    }

    /// Starts what the arguments say, or continues what is unfinished.
    async fn begin(&self, arguments: &Arguments) -> Result<BackfillView, BackfillError> {
        let request = BackfillRequest {
            days: arguments.days,
            share: arguments.share,
            scope: match arguments.invited_only {
                true => BackfillScope::Invited,
                false => BackfillScope::All,
            },
        };
        match self.push.backfill(&self.account).await? {
            Some(view)
                if view.mode == BackfillMode::Run && !view.state.has_ended() && !arguments.run =>
            {
                Err(BackfillRefusal::Unfinished.into())
            }
            Some(view) if view.state == BackfillState::Running => Ok(view),
            Some(view) if view.state == BackfillState::Paused => {
                self.push.resume_backfill(&self.account).await
            }
            _ if arguments.run => self.push.run_backfill(&self.account, request).await,
            _ => self.push.count_backfill(&self.account, request).await,
        }
    }

    /// Shows the progress until the backfill has ended or is paused. A stop signal pauses it and
    /// waits for the started pushes. A second one ends the wait.
    async fn watch(&self) -> Result<BackfillView, BoxError> {
        let mut progress = Progress::start();
        let (mut signals, mut signal) = (0_u32, Box::pin(stop_signal()));
        loop {
            let view = self.push.backfill(&self.account).await?;
            let view = view.ok_or("the backfill was removed")?;
            progress.show(&view, self.clock.now());
            let is_over = match view.state {
                BackfillState::Running => false,
                BackfillState::Paused => view.waiting == 0 || signals > 1,
                _ => true,
            };
            if is_over {
                progress.end(&view);
                return Ok(view);
            }
            tokio::select! {
                () = self.clock.sleep(REFRESH) => {}
                () = &mut signal => {
                    signals += 1;
                    signal = Box::pin(stop_signal());
                    if view.state == BackfillState::Running {
                        self.push.pause_backfill(&self.account).await.map_err(explain)?;
                    }
                }
            }
        }
    }
}

/// Runs a background task until stopped. Finishes the tasks that it has started.
async fn drive(background: &dyn Background, clock: &dyn Clock, stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        let wait = match background.run_due(BATCH).await {
            Ok(next) => {
                let next = next.map(|at| (at - clock.now()).to_std().unwrap_or_default());
                next.unwrap_or(REFRESH).clamp(SHORTEST_WAIT, REFRESH)
            }
            Err(error) => {
                tracing::error!(error = %greenhouse_core::chain(&error), "the database failed");
                AFTER_ERROR
            }
        };
        tokio::select! {
            () = clock.sleep(wait) => {}
            () = background.woken() => {}
        }
    }
}

fn report(view: &BackfillView, arguments: &Arguments) {
    let program = Program::this();
    let command = format!("{program} backfill {}", arguments.account);
    match (view.mode, view.state) {
        (BackfillMode::DryRun, BackfillState::Done) => {
            println!("{}", counted(view));
            if view.counts.taken > 0 {
                let invited = match view.scope {
                    BackfillScope::Invited => " --invited-only",
                    BackfillScope::All => "",
                };
                let (days, share) = (view.days, view.share);
                println!("push them with: {command} --days {days} --share {share}{invited} --run");
            }
        }
        (BackfillMode::Run, BackfillState::Done) => {
            let counts = &view.counts;
            println!("done: {} pushed, {} failed", counts.pushed, counts.failed);
            if counts.failed > 0 {
                println!("  the sync log shows why; retry them there");
            }
        }
        (_, BackfillState::Cancelled) => println!("cancelled"),
        _ => {
            if let Some(reason) = &view.reason {
                println!("paused: {reason}");
            } else {
                println!("paused");
            }
            println!("  resume it with: {command} --run");
        }
    }
    for line in skipped(view) {
        println!("  {line}");
    }
}

fn explain(error: BackfillError) -> BoxError {
    let remedy = match &error {
        BackfillError::Refused(
            BackfillRefusal::NotCounted
            | BackfillRefusal::OtherBounds
            | BackfillRefusal::CountedLongAgo,
        ) => "; count them first with the same command without --run",
        BackfillError::Refused(BackfillRefusal::Unfinished) => {
            "; continue it with --run, or end it with --cancel"
        }
        BackfillError::SwitchedOff => "; switch it on in the push settings",
        BackfillError::NotSupported => "; past results can only be pushed by hand",
        _ => return error.into(),
    };
    format!("{error}{remedy}").into()
}

/// Background tasks that a backfill needs.
const LOOPS: [&str; 2] = ["push", "backfill"];
const BATCH: usize = 16;
const REFRESH: Duration = Duration::from_millis(500);
const SHORTEST_WAIT: Duration = Duration::from_millis(10);
const AFTER_ERROR: Duration = Duration::from_secs(2);
